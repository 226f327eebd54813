package storetest

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/store"
)

// refusing: what a person gets to read when something is set up wrongly, and
// that it counts as a no which repeating does not mend.
var refusing = []Case{
	{"refused: no such bucket", func(t *Trial) {
		t.wantRefusal(store.New(t.Client, newBucket()), "there is no such bucket")
	}},
	{"refused: a name that no bucket can have", func(t *Trial) {
		t.wantRefusal(store.New(t.Client, "No_Bucket"), "a bucket can't have this name")
	}},
	{"refused: a wrong secret key", func(t *Trial) {
		t.wantRefusal(t.with(func(o *s3.Options) {
			as := t.credentials()
			o.Credentials = credentials.NewStaticCredentialsProvider(as.AccessKeyID, "not "+as.SecretAccessKey, "")
		}), "the account's secret key is wrong")
	}},
	{"refused: an unknown account", func(t *Trial) {
		t.wantRefusal(t.with(func(o *s3.Options) {
			o.Credentials = credentials.NewStaticCredentialsProvider("AKIANOBODYKNOWSTHIS0", "secret-secret-secret", "")
		}), "the bucket does not know this account")
	}},
	{"refused: a session that is not valid", func(t *Trial) {
		t.wantRefusal(t.with(func(o *s3.Options) {
			as := t.credentials()
			o.Credentials = credentials.NewStaticCredentialsProvider(as.AccessKeyID, as.SecretAccessKey, "no-session")
		}), "the account's session is not valid: sign in to AWS again")
	}},
	{"refused: another region", func(t *Trial) {
		t.wantRefusal(t.with(func(o *s3.Options) { o.Region = "mars-north-1" }), "the bucket lies in another region: set AWS_REGION to it")
	}},
	{"refused: a clock that is an hour late", func(t *Trial) {
		t.wantRefusal(store.New(Through(t.Client, Fault{Skew: -time.Hour}), t.Bucket()), "this computer's clock is wrong")
	}},
	{"refused: a key of 1,025 bytes", func(t *Trial) {
		key := strings.Repeat(strings.Repeat("x", 127)+"/", 8) + "e"
		if err := t.Put(t, key, body, ""); !fault.Is(err, fault.StoreRefused) || !strings.Contains(err.Error(), "the name is too long") {
			t.Errorf("Put under 1,025 bytes: %v of kind %q, want StoreRefused with %q", err, fault.Of(err), "the name is too long")
		}
	}},
}

// wantRefusal writes and lists, and wants both refused in these words.
func (t *Trial) wantRefusal(s *store.Store, words string) {
	putErr := s.Put(t, "a", body, "")
	_, listErr := s.Folders(t, "")
	for call, err := range map[string]error{"Put": putErr, "Folders": listErr} {
		if !fault.Is(err, fault.StoreRefused) || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v of kind %q, want StoreRefused with %q", call, err, fault.Of(err), words)
		}
	}
}

// with is the same bucket by other settings.
func (t *Trial) with(change func(*s3.Options)) *store.Store {
	o := settings(t.Client)
	change(&o)
	return store.New(s3.New(o), t.Bucket())
}

func (t *Trial) credentials() aws.Credentials {
	as, err := t.Client.Options().Credentials.Retrieve(t)
	t.ok(err, "Retrieve")
	return as
}
