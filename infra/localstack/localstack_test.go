package localstack_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/mapkeep/mapkeep/infra/localstack"
)

func TestVersionIsThePinnedOne(t *testing.T) {
	t.Parallel()
	pins, err := os.ReadFile("requirements.txt")
	if err != nil {
		t.Fatal(err)
	}
	pin := regexp.MustCompile(`(?m)^localstack-core==(\S+)$`).FindSubmatch(pins)
	if pin == nil || string(pin[1]) != localstack.Version {
		t.Errorf("Version is %s, want that of requirements.txt, %q", localstack.Version, pin)
	}
}
