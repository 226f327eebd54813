package arcgis_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
	"github.com/mapkeep/mapkeep/internal/fault"
)

func order(item *arcgistest.Item, title string) arcgis.ExportOrder {
	return arcgis.ExportOrder{Item: item.ID, Owner: arcgistest.Admin, Format: "File Geodatabase",
		Title: title, Tags: []string{"mapkeep-0123456789ab"}}
}

func TestExportFromOrderToDeletion(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario().User("rosa", "rosa's own", "org_publisher")
	layer := s.Layer("Trails").Owner("rosa").ExportSays("partial", "Processing", "a word nobody knows", "COMPLETED")
	p := start(t, s)
	c := client(t, p)
	o := order(layer, "Trails_backup_01")
	o.Owner = "rosa"
	job, err := c.Export(t.Context(), o)
	if err != nil || job.ID == "" || job.Item == "" || job.Owner != "rosa" {
		t.Fatalf("Export() = %+v, %v", job, err)
	}
	for look, want := range []arcgis.State{arcgis.Pending, arcgis.Pending, arcgis.Pending, arcgis.Ready} {
		if got, message, err := c.ExportStatus(t.Context(), job.Owner, job.Item, job.ID); got != want || err != nil {
			t.Errorf("look %d = %q, %q, %v, want %q", look, got, message, err, want)
		}
	}
	item, _, err := c.Item(t.Context(), job.Item)
	if err != nil || item.Title != o.Title || item.Owner != "rosa" || len(item.Tags) != 1 {
		t.Errorf("the temporary item is %+v, %v", item, err)
	}
	b, err := c.Data(job.Item).Open(t.Context(), 0, "")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if got, err := io.ReadAll(b); err != nil || string(got) != string(p.Content(layer.ID).Bytes()) {
		t.Errorf("the export's file: %d bytes, %v, want those of the layer", len(got), err)
	}
	for range 2 { // the second finds it gone
		if err := c.Delete(t.Context(), job.Owner, "", job.Item); err != nil {
			t.Errorf("Delete() = %v", err)
		}
	}
	if left := p.Exports(); len(left) != 0 {
		t.Errorf("left in the portal, the recycle bin too: %+v", left)
	}
}

func TestExportFails(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{
		"Error exporting data to filegdb format":      "Error exporting data to filegdb format",
		`{"code":500,"message":"no room for layers"}`: "no room for layers",
	} {
		s := arcgistest.NewScenario()
		layer := s.Layer("Trails").ExportFails(1, message).ExportTakes(0)
		c := client(t, start(t, s))
		job, err := c.Export(t.Context(), order(layer, "x"))
		if err != nil {
			t.Fatal(err)
		}
		if got, why, err := c.ExportStatus(t.Context(), job.Owner, job.Item, job.ID); got != arcgis.Failed || why != want || err != nil {
			t.Errorf("ExportStatus() = %q, %q, %v, want failed, %q", got, why, err, want)
		}
	}
}

// A portal was seen to answer 400 about an export that came to a good end: an
// error, but no verdict.
func TestExportStatusErrors(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	layer := s.Layer("Trails").StatusErrors(1)
	c := client(t, start(t, s))
	job, err := c.Export(t.Context(), order(layer, "x"))
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = c.ExportStatus(t.Context(), job.Owner, job.Item, job.ID)
	var e *arcgis.Error
	if !errors.As(err, &e) || e.Code != 400 {
		t.Errorf("first look = %v, want an *Error with code 400", err)
	}
	wantKind(t, "first look", err, fault.ExportFailed)
	if _, _, err := c.ExportStatus(t.Context(), job.Owner, job.Item, job.ID); err != nil {
		t.Errorf("second look = %v", err)
	}
	_, _, err = c.ExportStatus(t.Context(), job.Owner, strings.Repeat("0", 32), job.ID)
	wantKind(t, "a job that the portal forgot", err, fault.ItemGone)
}

// An answer that does not tell leaves the job to be found by its title; the
// order is never sent twice by itself.
func TestExportUnsure(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]func(*arcgistest.Item) *arcgistest.Item{
		"lost answer": func(i *arcgistest.Item) *arcgistest.Item { return i.ExportAnswerLost(1) },
		"504":         func(i *arcgistest.Item) *arcgistest.Item { return i.ExportAnswer504(1) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := arcgistest.NewScenario()
			layer := script(s.Layer("Trails"))
			p := start(t, s)
			c := client(t, p)
			_, err := c.Export(t.Context(), order(layer, "Trails_backup_01"))
			var u *arcgis.Unsure
			if !errors.As(err, &u) || u.Owner != arcgistest.Admin {
				t.Fatalf("Export() = %v, want *Unsure that names the owner", err)
			}
			wantKind(t, "Export()", err, fault.PortalUnavailable)
			found, err := c.Root(t.Context(), u.Owner)
			if err != nil || !slices.ContainsFunc(found, func(i arcgis.Item) bool { return i.Title == "Trails_backup_01" }) {
				t.Errorf("Root() = %+v, %v, want the job's item too", found, err)
			}
			if n := p.Count(arcgistest.Export, layer.ID); n != 1 {
				t.Errorf("%d orders, want 1", n)
			}
		})
	}
}

func TestExportTitleTaken(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	layer := s.Layer("Trails")
	c := client(t, start(t, s))
	if _, err := c.Export(t.Context(), order(layer, "x")); err != nil {
		t.Fatal(err)
	}
	_, err := c.Export(t.Context(), order(layer, "x"))
	if !errors.As(err, new(*arcgis.Unsure)) {
		t.Errorf("Export() under a title that is taken = %v, want *Unsure", err)
	}
}

func TestExportAnswers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		status int
		body   string
		unsure bool
		kind   fault.Kind
	}{
		{"empty", 200, ``, true, fault.PortalUnavailable},
		{"cut", 200, `{"type":"File Geo`, true, fault.PortalUnavailable},
		{"web page", 200, `<html>`, true, fault.PortalUnavailable},
		{"names no job", 200, `{"success":true}`, true, fault.PortalUnavailable},
		{"gateway", 502, `<html>`, true, fault.PortalUnavailable},
		{"timed out", 200, `{"error":{"code":504,"message":"Your request has timed out."}}`, true, fault.PortalUnavailable},
		{"unavailable with a number", 503, ``, true, fault.PortalUnavailable},
		{"throttled", 200, `{"error":{"code":429,"message":"Too many requests."}}`, false, fault.PortalUnavailable},
		{"not hosted", 200, `{"error":{"code":400,"message":"Item is not a hosted service."}}`, false, fault.ExportFailed},
		{"gone", 200, `{"error":{"code":400,"messageCode":"CONT_0001","message":"Item does not exist or is inaccessible."}}`, false, fault.ItemGone},
		{"no credits", 200, `{"error":{"code":400,"message":"Your organization does not have enough credits; credits are used up."}}`, false, fault.QuotaExceeded},
		{"storage", 200, `{"error":{"code":500,"message":"The storage quota of this organization is exceeded."}}`, false, fault.QuotaExceeded},
		{"subscription", 200, `{"error":{"code":400,"message":"Subscription is expired"}}`, false, fault.QuotaExceeded},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var sent atomic.Int64
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				sent.Add(1)
				saying(test.status, test.body, "Retry-After", "7")(w, r)
			})
			_, err := c.Export(t.Context(), arcgis.ExportOrder{Item: "a1", Owner: "mona"})
			if got := errors.As(err, new(*arcgis.Unsure)); got != test.unsure {
				t.Errorf("Export() = %v, unsure %v, want %v", err, got, test.unsure)
			}
			wantKind(t, "Export()", err, test.kind)
			if sent.Load() != 1 {
				t.Errorf("sent %d times, want once", sent.Load())
			}
		})
	}
}

// An order that never left is not one to look for.
func TestExportNotSent(t *testing.T) {
	t.Parallel()
	c := dial(t, arcgis.Options{Portal: "http://127.0.0.1:1", Secret: token})
	_, err := c.Export(t.Context(), arcgis.ExportOrder{Item: "a1", Owner: "mona"})
	wantKind(t, "Export()", err, fault.PortalUnavailable)
	if errors.As(err, new(*arcgis.Unsure)) {
		t.Errorf("Export() to a portal that can't be reached = %v, want no *Unsure", err)
	}
}

// Location Tracking is exported under the caller's own name.
func TestExportUnderOwnName(t *testing.T) {
	t.Parallel()
	const forbidden = `{"error":{"code":403,"messageCode":"GWM_0003","message":"You do not have permissions to access this resource or perform this operation."}}`
	for _, mine := range []bool{true, false} {
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/users/mona/export") && mine:
				fmt.Fprint(w, `{"jobId":"j1","exportItemId":"e1"}`)
			case strings.HasSuffix(r.URL.Path, "/export"):
				fmt.Fprint(w, forbidden)
			default:
				fmt.Fprint(w, `{"id":"org1","username":"mona","user":{"username":"mona"}}`)
			}
		})
		job, err := c.Export(t.Context(), arcgis.ExportOrder{Item: "a1", Owner: "lisa"})
		if mine && (err != nil || job != arcgis.Job{ID: "j1", Item: "e1", Owner: "mona"}) {
			t.Errorf("Export() = %+v, %v, want the job under mona", job, err)
		}
		if !mine {
			wantKind(t, "Export() that nobody may", err, fault.NotPermitted)
		}
	}
}
