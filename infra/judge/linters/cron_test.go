package linters_test

import (
	"testing"

	"github.com/mapkeep/mapkeep/infra/judge/linters"
)

func TestSchedule(t *testing.T) {
	t.Parallel()
	for _, good := range []string{
		"cron(15 2 * * ? *)", "cron(0/30 8-18 ? * MON-FRI *)", "cron(0 0 L * ? *)", "cron(0 0 LW * ? 2027)", "cron(5 4 3W JAN,JUL ? 2027-2030)",
		"cron(0 3 ? * 6L *)", "cron(0 3 ? 1/3 SUN#2 *)", "cron(*/5 * 1,15 * ? *)", "rate(1 day)", "rate(12 hours)",
	} {
		if err := linters.Schedule(good); err != nil {
			t.Errorf("Schedule(%q) = %v, want it taken", good, err)
		}
	}
	for _, bad := range []string{
		"", "15 2 * * ? *", "cron(15 2 * * ? *", "cron(15 2 * * *)", "cron(15 2 * * ? * *)", "cron(15  2 * * ? *)",
		"cron(60 2 * * ? *)", "cron(15 24 * * ? *)", "cron(15 2 0 * ? *)", "cron(15 2 32 * ? *)", "cron(15 2 * 13 ? *)", "cron(15 2 ? * 0 *)",
		"cron(15 2 ? * 8 *)", "cron(15 2 * * ? 1969)", "cron(15 2 * * * *)", "cron(15 2 ? * ? *)", "cron(? 2 * * ? *)", "cron(15 5-2 * * ? *)",
		"cron(15/0 2 * * ? *)", "cron(15, 2 * * ? *)", "cron(15 2 * mon ? *)", "cron(15 2 ? * MON#6 *)", "cron(15 2 32W * ? *)",
		"rate(0 days)", "rate(1 week)", "at(2027-01-01T00:00:00)",
	} {
		if err := linters.Schedule(bad); err == nil {
			t.Errorf("Schedule(%q) = nil, want an error", bad)
		}
	}
}
