package backup_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/mapkeep/mapkeep/internal/backup"
)

// The wanted texts are what Python's strftime writes for the same moment and
// zone with English names.
func TestDate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		at, zone, format, want string
	}{
		{"2026-02-03T04:05:06.000789Z", "UTC", "%Y-%m-%d", "2026-02-03"},
		{"2026-02-03T04:05:06.000789Z", "UTC", "%H%M%S.%f", "040506.000789"},
		{"2026-02-03T04:05:06.000789Z", "UTC", "%y %b %B %j %a %A", "26 Feb February 034 Tue Tuesday"},
		{"2026-02-03T04:05:06.000789Z", "UTC", "%I%p%Z%z%%", "04AMUTC+0000%"},
		{"2026-02-03T00:00:00Z", "UTC", "%I%p", "12AM"},
		{"2026-02-03T12:00:00Z", "UTC", "%I%p", "12PM"},
		{"2026-02-03T23:59:59.9999999Z", "UTC", "%I%p %S %f", "11PM 59 999999"},
		{"2026-09-23T12:30:59.123456Z", "America/St_Johns", "%A %d %B %Y %H%M%S %f %Z %z", "Wednesday 23 September 2026 100059 123456 NDT -0230"},
		{"2026-12-31T23:00:00Z", "Asia/Kathmandu", "%Y-%m-%d %j %a %Z %z", "2027-01-01 001 Fri +0545 +0545"},
		{"2026-07-01T00:00:00Z", "Europe/Berlin", "%H%M %Z %z", "0200 CEST +0200"},
		{"2026-07-01T12:00:00Z", "America/Sao_Paulo", "%Z %z", "-03 -0300"},
		{"2028-12-31T12:00:00Z", "UTC", "%j", "366"},
		{"2026-02-03T04:05:06Z", "UTC", "Jan Mon 2006 PM %d", "Jan Mon 2006 PM 03"},
		{"2026-02-03T04:05:06Z", "UTC", "été %d%%d", "été 03%d"},
		{"2026-02-03T04:05:06Z", "UTC", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.format, func(t *testing.T) {
			t.Parallel()
			at, err := time.Parse(time.RFC3339Nano, tt.at)
			if err != nil {
				t.Fatal(err)
			}
			s := set(func(s *backup.Settings) { s.DateFormat, s.TimeZone = tt.format, tt.zone })
			if got, err := s.Date(at); err != nil || got != tt.want {
				t.Errorf("Date(%s) with %q in %s = %q, %v; want %q", tt.at, tt.format, tt.zone, got, err, tt.want)
			}
		})
	}
}

func TestDateRefuses(t *testing.T) {
	t.Parallel()
	for _, s := range []backup.Settings{
		set(func(s *backup.Settings) { s.DateFormat = "%U" }),
		set(func(s *backup.Settings) { s.DateFormat = "%H:%M" }),
		set(func(s *backup.Settings) { s.TimeZone = "Local" }),
	} {
		if got, err := s.Date(time.Unix(0, 0)); err == nil {
			t.Errorf("Date with %q in %q = %q, want an error", s.DateFormat, s.TimeZone, got)
		}
	}
}
