package objects_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/mapkeep/mapkeep/infra/mapkeep/objects"
	"github.com/mapkeep/mapkeep/infra/mapkeep/objects/objectstest"
)

func TestMain(m *testing.M) { objectstest.Main(m) }

func TestObjectsAreFiles(t *testing.T) {
	t.Parallel()
	s := objectstest.Start(t)
	c := objectstest.Client(t, s)
	key := "maps/backup_2026-11-23/parks/Trail Map (ä)_backup_1.zip"
	_, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(objects.Bucket), Key: &key, Body: strings.NewReader("PK")})
	if err != nil {
		t.Fatalf("PutObject: %v", err)
	}
	b, err := os.ReadFile(filepath.Join(s.Dir, "data", "backups", filepath.FromSlash(key)))
	if string(b) != "PK" || err != nil {
		t.Errorf("file of the object: %q, %v, want PK", b, err)
	}
}
