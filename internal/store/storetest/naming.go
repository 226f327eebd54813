package storetest

import (
	"bytes"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
)

// naming: the keys of a backup are made of titles, which may hold anything
// that a person types; package layout replaces what is unsafe in a file name,
// so the last ones are never made by Mapkeep and only met.
var naming = slices.Concat(
	odd("title", "maps/Trail + Map 100% & \"more\" #1?é日本_backup_.json"),
	odd("spaces", "a b/ c /d  e"),
	odd("plus", "a+b/c%2Bd"),
	odd("percent", "100%/50%25/%41/%zz"),
	odd("ampersand and equals", "a&b=c&list-type=2"),
	odd("question mark and hash", "a?b#c"),
	odd("as if with a version", "a?versionId=1"),
	odd("quotes", `it's "here" `+"`and`"),
	odd("semicolon, comma, dollar, at, colon", "a;b,c$d@e:f"),
	odd("brackets", "a(b)[c]{d}<e>"),
	odd("asterisk, bar, caret, tilde, bang", "*|^~!"),
	odd("backslash", `a\b`),
	odd("leading dots", ".mapkeep/.runs/..x/..."),
	odd("dot at the end", "a./b..."),
	odd("composed and decomposed", "caf\u00e9", "cafe\u0301"),
	odd("upper and lower case", "Map", "map", "MAP"),
	odd("emoji and right to left", "🗺️ 👩‍🚀/مرحبا שלום"),
	odd("a device name of Windows", "con/aux.zip"),
	odd("227 bytes between slashes, as many as a backup's names get", strings.Repeat("x", 227)+"/"+strings.Repeat("ä", 113)),
	odd("255 bytes between slashes", strings.Repeat("x", 255)),
	odd("1,024 bytes", strings.Repeat(strings.Repeat("x", 127)+"/", 8)[:1023]+"e"),
	odd("XML and HTML", "<a>&amp;</a>/&#10;"),
	odd("a newline and a tab", "a\nb\tc"),
	odd("control characters", "a\x01b\x1fc\x7fd"),
	odd("a file beside its folder", "a", "a/b"),
	odd("a slash at the end", "a/"),
	odd("two slashes", "a//b"),
	odd("a slash in front", "/a"),
	odd("a dot for a folder", "a/./b"),
	odd("two dots for a folder", "a/../b"),
	[]Case{{"list: a folder with a dot at the end", func(t *Trial) {
		t.put("run/a/x", body)
		t.put("run/a./x", body)
		t.wantFolders("run/", []string{"a", "a."})
	}}},
)

// odd is the case of one or several keys that all lie in one bucket.
func odd(what string, keys ...string) []Case {
	return []Case{{"key: " + what, func(t *Trial) {
		want := map[string][]byte{}
		for _, key := range keys {
			want[key] = append([]byte("the body of "), key...)
			if err := t.Put(t, key, want[key], "text/plain"); err != nil {
				t.Fatalf("Put(%q): %v", key, err)
			}
		}
		for key, body := range want {
			t.wantKey(key, body)
		}
		slices.Sort(keys)
		if diff := cmp.Diff(keys, t.keys("")); diff != "" {
			t.Errorf("List (-want +got):\n%s", diff)
		}
		for _, key := range keys {
			t.wantCopy(key, "copies/plain", want[key])
			if err := t.Put(t, "plain", body, "text/plain"); err != nil {
				t.Fatalf("Put: %v", err)
			}
			t.wantCopy("plain", key, body)
		}
	}}}
}

// wantKey asks by every verb that names a key.
func (t *Trial) wantKey(key string, body []byte) {
	if got, err := t.Get(t, key); err != nil || !bytes.Equal(got, body) {
		t.Errorf("Get(%q) = %q, %v; want %q", key, got, err, body)
	}
	if o, err := t.Head(t, key); err != nil || o.Size != int64(len(body)) {
		t.Errorf("Head(%q) = %+v, %v; want %d bytes", key, o, err, len(body))
	}
	if there, err := t.Exists(t, key); !there || err != nil {
		t.Errorf("Exists(%q) = %v, %v; want true", key, there, err)
	}
	if err := t.Tag(t, key, map[string]string{"mapkeep": "keep"}); err != nil {
		t.Errorf("Tag(%q): %v", key, err)
	}
	t.wantTags(key, map[string]string{"mapkeep": "keep"})
	if created, err := t.Create(t, key, body); created || err != nil {
		t.Errorf("Create(%q) = %v, %v; want it taken", key, created, err)
	}
	upload, err := t.Begin(t, key, "")
	if err != nil {
		t.Errorf("Begin(%q): %v", key, err)
		return
	}
	if _, err := t.Part(t, key, upload, 1, body); err != nil {
		t.Errorf("Part(%q): %v", key, err)
	}
	if err := t.Abort(t, key, upload); err != nil {
		t.Errorf("Abort(%q): %v", key, err)
	}
}
