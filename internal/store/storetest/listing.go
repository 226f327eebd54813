package storetest

import (
	"fmt"
	"slices"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"
)

// listing: Finish compares records and folder by walking both in the order of
// their bytes.
var listing = []Case{
	{"list: in the order of the bytes", func(t *Trial) {
		// The two last tell UTF-8 from UTF-16, where the map sorts first.
		names := []string{"Z", "a", "a b", "a-b", "a0", "ab", "b", "~", "Ä", "é", "日本", "\uff21", "\U0001f5fa"}
		slices.Sort(names)
		for _, i := range []int{7, 3, 12, 0, 5, 9, 1, 2, 11, 4, 8, 10, 6} {
			t.put(names[i], body)
		}
		if diff := cmp.Diff(names, t.keys("")); diff != "" {
			t.Errorf("List differs (-want +got):\n%s", diff)
		}
	}},
	{"list: files and folders in one order of the bytes", func(t *Trial) {
		keys := []string{"run/a-b", "run/a/x", "run/a/y/z", "run/a0", "run/b.json", "run/b/x"} // - / 0 in ASCII
		for _, key := range keys {
			t.put(key, body)
		}
		if diff := cmp.Diff(keys, t.keys("run/")); diff != "" {
			t.Errorf("List(run/) differs (-want +got):\n%s", diff)
		}
	}},
	{"list: what was written a moment ago", func(t *Trial) {
		for i := range 20 {
			key := fmt.Sprintf("run/%02d", i)
			t.put(key, body)
			if got := t.keys(key); len(got) != 1 {
				t.Errorf("List(%q) after Put = %q, want it", key, got)
			}
		}
	}},
	{"list: more than a page", func(t *Trial) {
		want := t.many(1005, func(i int) string { return fmt.Sprintf("b/run-%02d/%04d.json", i%7, i) })
		t.put("b/manifest.json", body)
		t.put("c/other", body)
		if diff := cmp.Diff(want, t.keys("b/run-")); diff != "" {
			t.Errorf("List(b/run-) differs (-want +got):\n%s", diff)
		}
		for o, err := range t.List(t, "b/") {
			if err != nil || o.Size != int64(len(body)) || o.ETag == "" || o.Modified.IsZero() {
				t.Errorf("List(b/): %+v, %v; want %d bytes, an ETag and a date", o, err, len(body))
			}
			break // a walk may end early
		}
		t.wantFolders("b/", []string{"run-00", "run-01", "run-02", "run-03", "run-04", "run-05", "run-06"})
	}},
	{"list: more than a page of folders", func(t *Trial) {
		keys := t.many(1005, func(i int) string { return fmt.Sprintf("maps/backup_%04d/manifest.json", i) })
		var want []string
		for _, key := range keys {
			want = append(want, key[len("maps/"):len("maps/backup_0000")])
		}
		t.wantFolders("maps/", want)
	}},
	{"list: folders of odd names", func(t *Trial) {
		want := []string{"+", "50% & more", "a b", "a-b", "ä", "日本"}
		for _, name := range want {
			t.put("run/"+name+"/x", body)
		}
		t.put("run/file", body)
		t.wantFolders("run/", want)
		t.wantFolders("run/a", []string{" b", "-b"})
	}},
	{"list: nothing", func(t *Trial) {
		t.put("a", body)
		t.wantFolders("nothing/", []string{})
		if got := t.keys("nothing/"); len(got) != 0 {
			t.Errorf("List(nothing/) = %q, want none", got)
		}
	}},
}

// many puts n objects, and gives their keys in order.
func (t *Trial) many(n int, key func(int) string) []string {
	var keys []string
	var g errgroup.Group
	g.SetLimit(16)
	for i := range n {
		keys = append(keys, key(i))
		g.Go(func() error { return t.Put(t, key(i), body, "") })
	}
	t.ok(g.Wait(), "Put of %d", n)
	slices.Sort(keys)
	return keys
}

func (t *Trial) wantFolders(prefix string, want []string) {
	got, err := t.Folders(t, prefix)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("Folders(%q): %v (-want +got):\n%s", prefix, err, diff)
	}
}
