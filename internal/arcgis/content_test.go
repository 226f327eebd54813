package arcgis_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
	"github.com/mapkeep/mapkeep/internal/fault"
)

func TestItemIsGivenAsItCame(t *testing.T) {
	t.Parallel()
	const body = "{ \"id\":\"AB12\",\"title\":\" a\tb\",\"size\":-1,\"created\":\"1600000000000\",\"modified\":1.6e12,\n" +
		`"tags":null,"typeKeywords":["x",null,3],"ownerFolder":null,"protected":"true","unknown":{"error":1},"orgId":7}`
	item, raw, err := serve(t, saying(200, body)).Item(t.Context(), "ab12")
	if err != nil || string(raw) != body {
		t.Fatalf("Item() = %q, %v, want the JSON as it came", raw, err)
	}
	if item.Title != " a\tb" || item.Size != -1 || item.Created.Year() != 2020 || !item.Modified.Equal(item.Created) ||
		!item.Protected || item.Org != "7" || len(item.Tags) != 0 || !slices.Equal(item.Keywords, []string{"x", "", "3"}) {
		t.Errorf("Item() = %+v", item)
	}
	_, _, err = serve(t, saying(200, body)).Item(t.Context(), "cd34")
	wantKind(t, "Item() that is another one", err, fault.PortalUnavailable)
}

func TestItemRefused(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	gone, closed := s.File("a", "PDF").GoneAfterListing(), s.File("b", "PDF").Unreadable()
	c := client(t, start(t, s))
	_, _, err := c.Item(t.Context(), gone.ID)
	wantKind(t, "Item() that is gone", err, fault.ItemGone)
	_, _, err = c.Item(t.Context(), closed.ID)
	wantKind(t, "Item() that is closed", err, fault.NotPermitted)
}

func TestListed(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario().User("rosa", "rosa's own", "org_publisher")
	for i := range 230 {
		s.File(fmt.Sprint("File ", i), "PDF").Owner("rosa")
	}
	last := s.File("last in the root", "PDF").Owner("rosa")
	filed := s.File("in a folder", "PDF").Owner("rosa").Folder("Old things")
	gone := s.File("gone", "PDF").Owner("rosa")
	p := start(t, s)
	p.Remove(gone.ID)
	c := client(t, p)
	for id, want := range map[string]bool{last.ID: true, strings.ToUpper(filed.ID): true, gone.ID: false} {
		if got, err := c.Listed(t.Context(), "rosa", id); got != want || err != nil {
			t.Errorf("Listed(%s) = %v, %v, want %v", id, got, err, want)
		}
	}
	if _, err := c.Listed(t.Context(), "nobody", last.ID); err == nil {
		t.Error("Listed() of a user who does not exist is no proof, want an error")
	}
	root, err := c.Root(t.Context(), "rosa")
	if err != nil || len(root) != 231 || slices.ContainsFunc(root, func(i arcgis.Item) bool { return i.ID == filed.ID }) {
		t.Errorf("Root() = %d items, %v, want the 231 that are in no folder", len(root), err)
	}
}

// shrinking is a user's content of which some items are deleted after the
// first page was given.
func shrinking(deleted int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		start, _ := strconv.Atoi(r.FormValue("start"))
		first, count := 1, 250
		if start > 1 {
			first, count = 1+deleted, 250-deleted
		}
		var items []string
		for n := start; n < start+100 && n <= count; n++ {
			items = append(items, fmt.Sprintf(`{"id":"%d","title":"x"}`, first+n-1))
		}
		next := start + 100
		if next > count {
			next = -1
		}
		fmt.Fprintf(w, `{"total":%d,"nextStart":%d,"items":[%s]}`, count, next, strings.Join(items, ","))
	}
}

func TestListingThatShrinks(t *testing.T) {
	t.Parallel()
	if got, err := serve(t, shrinking(5)).Listed(t.Context(), "mona", "103"); !got || err != nil {
		t.Errorf("Listed() while 5 are deleted = %v, %v, want true", got, err)
	}
	_, err := serve(t, shrinking(50)).Listed(t.Context(), "mona", "999")
	wantKind(t, "Listed() while 50 are deleted", err, fault.PortalUnavailable)
}

func TestDelete(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, body string
		want       fault.Kind // "" for success
		says       string
	}{
		{"there, but not ours", `{"error":{"code":400,"messageCode":"CONT_0001","message":"Item does not exist or is inaccessible."}}`, fault.NotPermitted, "may not delete it"},
		{"done", `{"success":true,"itemId":"a1"}`, "", ""},
		{"gone", `{"error":{"code":400,"messageCode":"CONT_0001","message":"Item does not exist or is inaccessible."}}`, "", ""},
		{"gone as 500", `{"success":false,"error":{"code":500,"message":"Item 'a1' does not exist."}}`, "", ""},
		{"success is false", `{"success":false,"itemId":"a1"}`, fault.PortalUnavailable, "without success"},
		{"nothing said", `{}`, fault.PortalUnavailable, "without success"},
		{"protected", `{"error":{"code":400,"message":"Unable to delete item a1. Delete protection is turned on."}}`, fault.NotPermitted, "protected against deletion"},
		{"related", `{"error":{"code":400,"message":"Unable to delete item. It has a related Service item."}}`, fault.NotPermitted, "made from it"},
		{"not ours", `{"error":{"code":403,"messageCode":"GWM_0003","message":"You do not have permissions."}}`, fault.NotPermitted, ""},
		{"trouble", `{"error":{"code":500,"message":"Error deleting the item."}}`, fault.PortalUnavailable, ""},
	} {
		for _, enterprise := range []bool{false, true} {
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case strings.HasSuffix(r.URL.Path, "/content/items/a1") && test.want == fault.NotPermitted:
					fmt.Fprint(w, `{"id":"a1"}`)
					return
				case strings.HasSuffix(r.URL.Path, "/content/items/a1"):
					fmt.Fprint(w, `{"error":{"code":400,"messageCode":"CONT_0001","message":"Item does not exist or is inaccessible."}}`)
					return
				case !strings.HasSuffix(r.URL.Path, "/content/users/mona/f1/items/a1/delete"):
					fmt.Fprintf(w, `{"id":"org1","isPortal":%v,"username":"mona","user":{"username":"mona"}}`, enterprise)
					return
				}
				if got := r.PostFormValue("permanentDelete") == "true"; got == enterprise || r.Method != http.MethodPost {
					t.Errorf("%s: %s with permanentDelete %v, Enterprise %v", test.name, r.Method, got, enterprise)
				}
				fmt.Fprint(w, test.body)
			})
			err := c.Delete(t.Context(), "mona", "f1", "a1")
			if fault.Of(err) != test.want || (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("%s: Delete() = %v, want %q %q", test.name, err, test.want, test.says)
			}
		}
	}
}

func TestDeleteGoesPastTheBin(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	layer := s.Layer("Trails").DeleteFails(1)
	p := start(t, s)
	c := client(t, p)
	job, err := c.Export(t.Context(), order(layer, "x"))
	if err != nil {
		t.Fatal(err)
	}
	wantKind(t, "Delete() that fails once", c.Delete(t.Context(), job.Owner, "", job.Item), fault.PortalUnavailable)
	p.Protect(job.Item, true)
	wantKind(t, "Delete() of a protected item", c.Delete(t.Context(), job.Owner, "", job.Item), fault.NotPermitted)
	p.Protect(job.Item, false)
	if err := c.Delete(t.Context(), job.Owner, "", job.Item); err != nil {
		t.Errorf("Delete() = %v", err)
	}
	if left := p.Exports(); len(left) != 0 {
		t.Errorf("left in the portal: %+v", left)
	}
}
