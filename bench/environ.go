package main

import (
	"os"
	"path/filepath"
)

// environ is what every mover is given: the sink as its S3. One that keeps
// objects, versitygw, does not take the checksums that AWS's own command sends
// behind its parts.
func (e *ends) environ() []string {
	env := os.Environ()
	if e.folder != "" {
		env = append(env, "AWS_REQUEST_CHECKSUM_CALCULATION=when_required")
	}
	return append(env,
		"AWS_ENDPOINT_URL="+e.sink, "S3_ENDPOINT_URL="+e.sink, "AWS_ENDPOINT_URL_S3="+e.sink, "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1",
		"AWS_ACCESS_KEY_ID="+e.key, "AWS_SECRET_ACCESS_KEY="+e.secret, "AWS_EC2_METADATA_DISABLED=true",
		"AWS_CA_BUNDLE="+e.certificate, "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull,
		"RCLONE_CONFIG="+filepath.Join(filepath.Dir(e.certificate), "rclone.conf"), "RCLONE_CA_CERT="+e.certificate,
		"RCLONE_CONFIG_SINK_TYPE=s3", "RCLONE_CONFIG_SINK_PROVIDER=Other", "RCLONE_CONFIG_SINK_ENDPOINT="+e.sink,
		"RCLONE_CONFIG_SINK_ACCESS_KEY_ID="+e.key, "RCLONE_CONFIG_SINK_SECRET_ACCESS_KEY="+e.secret, "RCLONE_CONFIG_SINK_NO_CHECK_BUCKET=true",
		"RCLONE_CONFIG_SOURCE_TYPE=http", "RCLONE_CONFIG_SOURCE_URL="+e.source,
	)
}
