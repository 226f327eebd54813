package store_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// What a busy bucket asks for reaches whoever repeats a part.
func TestRetryAfter(t *testing.T) {
	for header, want := range map[string]time.Duration{"7": 7 * time.Second, "": 0, "-1": 0, "soon": 0} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", header)
			answer(w, 503, "SlowDown")
		}))
		t.Cleanup(server.Close)
		_, err := opened(t, server.URL).PartFrom(t.Context(), "a", "1", 1, strings.NewReader("bytes"), 5)
		var slow interface{ RetryAfter() time.Duration }
		if !fault.Is(err, fault.StoreUnavailable) || !errors.As(err, &slow) || slow.RetryAfter() != want {
			t.Errorf("PartFrom answered by 503 with Retry-After %q: %v of kind %q, want StoreUnavailable and a pause of %v", header, err, fault.Of(err), want)
		}
	}
}
