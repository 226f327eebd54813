package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// What a user's AWS settings say holds for the functions too, whose own
// region is another.
func TestBucketPassesAWSSettingsOn(t *testing.T) {
	dir := t.TempDir()
	settings := filepath.Join(dir, "config")
	must(t, os.WriteFile(settings, []byte("[profile maps]\nregion = eu-central-1\naws_access_key_id = A\naws_secret_access_key = B\n"), 0o600))
	for name, value := range map[string]string{
		"AWS_CONFIG_FILE": settings, "AWS_SHARED_CREDENTIALS_FILE": filepath.Join(dir, "none"), "AWS_PROFILE": "maps",
		"AWS_REGION": "", "AWS_DEFAULT_REGION": "", "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "",
		"AWS_LAMBDA_RUNTIME_API": "somebody's",
	} {
		t.Setenv(name, value)
	}
	p, err := openPlace(t.Context(), "s3://maps/town/", io.Discard)
	must(t, err)
	t.Cleanup(p.close)
	if p.Prefix != "town" || p.bucket != "maps" {
		t.Errorf("openPlace(s3://maps/town/): bucket %q and prefix %q, want maps and town", p.bucket, p.Prefix)
	}
	for _, want := range []string{"AWS_PROFILE=maps", "AWS_CONFIG_FILE=" + settings, "AWS_EC2_METADATA_DISABLED=false"} {
		if !slices.Contains(p.environ, want) {
			t.Errorf("openPlace(s3://maps/town/): the environment lacks %s: %q", want, p.environ)
		}
	}
	if last := p.environ[len(p.environ)-1]; last != "AWS_REGION=eu-central-1" {
		t.Errorf("openPlace(s3://maps/town/): the last word is %s, want the profile's region: %q", last, p.environ)
	}
	if slices.Contains(p.environ, "AWS_LAMBDA_RUNTIME_API=somebody's") {
		t.Errorf("openPlace(s3://maps/town/): another Lambda's address is passed on: %q", p.environ)
	}
}
