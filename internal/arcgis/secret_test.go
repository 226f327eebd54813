package arcgis_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/mapkeep/mapkeep/internal/arcgis"
)

func TestParseSecret(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ give, want string }{
		{`{"username":"mona","password":"hunter22"}`, ""},
		{`{"client_id":"hunter22","client_secret":"hunter22","referer":"https://a.example"}`, ""},
		{`{"token":"hunter22"}`, ""},
		{`{"token":"hunter22","username":"","password":""}`, ""},
		{``, "not a JSON object"},
		{`hunter22`, "not a JSON object"},
		{`null`, "not a JSON object"},
		{`["hunter22"]`, "not a JSON object"},
		{`{"username":"mona","password":"hunter22"`, "not a JSON object"},
		{`{}`, `needs "username" and "password", or`},
		{`{"username":"mona"}`, `"password" is missing`},
		{`{"password":"hunter22"}`, `"username" is missing`},
		{`{"client_id":"hunter22"}`, `"client_secret" is missing`},
		{`{"token":"hunter22","username":"mona","password":"hunter22"}`, "not several"},
		{`{"username":"mona","password":123456789}`, `"password" is not a text`},
		{`{"username":"mona","password":"hunter22","passwort":"hunter22"}`, `key "passwort"`},
		{`{"token":"hunter22\nX-Evil: 1"}`, `"token" holds`},
		{`{"token":"hunter22","referer":"a b"}`, `"referer" holds`},
		{`{"token":"hunter22","ca":"hunter22"}`, `"ca" holds no certificate`},
	} {
		s, err := arcgis.ParseSecret([]byte(test.give))
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("ParseSecret(%s) = %v, want %q", test.give, err, test.want)
		}
		if err != nil && (strings.Contains(err.Error(), "hunter22") || strings.Contains(err.Error(), "123456789")) {
			t.Errorf("ParseSecret(%s) shows the secret: %v", test.give, err)
		}
		text, _ := json.Marshal(map[string]any{"a": s})
		for _, shown := range []string{fmt.Sprintf("%v %+v %#v %s %q %x", s, s, s, s, s, s), fmt.Sprint(&s, []any{s}), s.String(), s.LogValue().String(), string(text)} {
			if strings.Contains(shown, "hunter22") || !strings.Contains(shown, "redacted") {
				t.Errorf("ParseSecret(%s) shows itself as %s", test.give, shown)
			}
		}
		if s.LogValue().Kind() != slog.KindString {
			t.Errorf("LogValue() is a %v, want a string", s.LogValue().Kind())
		}
	}
}

func TestParseSecretEncodings(t *testing.T) {
	t.Parallel()
	const text = `{"username":"mona","password":"пароль"}`
	want, err := arcgis.ParseSecret([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	wide := func(s string, big bool) (out []byte) {
		for _, u := range utf16.Encode([]rune(s)) {
			if big {
				out = append(out, byte(u>>8), byte(u))
			} else {
				out = append(out, byte(u), byte(u>>8))
			}
		}
		return out
	}
	for name, give := range map[string][]byte{
		"UTF-8 with mark":       []byte("\ufeff" + text),
		"UTF-8 with line end":   []byte(text + "\r\n"),
		"UTF-16 LE":             wide(text, false),
		"UTF-16 LE with mark":   wide("\ufeff"+text, false),
		"UTF-16 BE":             wide(text, true),
		"UTF-16 BE with mark":   wide("\ufeff"+text, true),
		"a raw line end inside": []byte(strings.Replace(text, "{", "{\n", 1)),
	} {
		if got, err := arcgis.ParseSecret(give); err != nil || got != want {
			t.Errorf("ParseSecret of %s: equal %v, %v", name, got == want, err)
		}
	}
}

func FuzzParseSecret(f *testing.F) {
	f.Add([]byte(`{"token":"hunter22"}`))
	f.Add([]byte{0xFF, 0xFE, '{', 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := arcgis.ParseSecret(b); err == nil && s == (arcgis.Secret{}) {
			t.Errorf("ParseSecret(%q) is empty without an error", b)
		}
	})
}
