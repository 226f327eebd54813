package arcgis

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// An ExportOrder asks the portal to make a file of a hosted service, as a
// temporary item.
type ExportOrder struct {
	Item   string
	Owner  string // of the item: the export lands in their content
	Format string // "File Geodatabase", "Vector Tile Package", …
	Title  string // of the temporary item
	Tags   []string
}

// A Job is an export that the portal has begun.
type Job struct {
	ID    string
	Item  string // the temporary item, there at once and half-built
	Owner string // whose content it lies in; part of every later address
}

// Export starts an export. It asks once: an answer that does not tell whether
// a job was begun (lost, cut, a 5xx, a title that is taken) is *Unsure, and
// names the owner in whose Root the job may be seen. A refusal of the
// whole order, such as a service that isn't hosted, is ExportFailed.
//
// The export of another member's Location Tracking service is only allowed in
// the caller's own content, so a 403 is asked once more there.
func (c *Client) Export(ctx context.Context, o ExportOrder) (Job, error) {
	job, err := c.export(ctx, o, o.Owner)
	if !fault.Is(err, fault.NotPermitted) {
		return job, err
	}
	self, unknown := c.Known(ctx)
	if unknown != nil || self.Username == "" || strings.EqualFold(self.Username, o.Owner) {
		return Job{}, err
	}
	job, second := c.export(ctx, o, self.Username)
	if fault.Is(second, fault.NotPermitted) {
		return Job{}, err
	}
	return job, second
}

func (c *Client) export(ctx context.Context, o ExportOrder, owner string) (Job, error) {
	var got struct{ JobID, ExportItemID text }
	_, err := c.ask(ctx, question{op: "export", item: o.Item, changes: true,
		to: c.portal.rest("content", "users", owner, "export"),
		params: url.Values{"itemId": {o.Item}, "exportFormat": {o.Format}, "title": {o.Title},
			"tags": {strings.Join(o.Tags, ",")}}}, &got)
	if err == nil && (got.JobID == "" || got.ExportItemID == "") {
		err = &Unsure{Err: fault.New(fault.PortalUnavailable, "export "+o.Item+": the answer names no job")}
	}
	if err == nil {
		return Job{string(got.JobID), string(got.ExportItemID), owner}, nil
	}
	var e *Error
	var u *Unsure
	switch {
	case errors.As(err, &u):
		u.Owner = owner
	case errors.As(err, &e) && (e.Code == http.StatusConflict || e.MessageCode == "CONT_0027"):
		return Job{}, &Unsure{owner, err}
	}
	return Job{}, aboutExport(err)
}

// aboutExport gives a plain no that has no other kind the kind ExportFailed.
func aboutExport(err error) error {
	var e *Error
	if errors.As(err, &e) && e.kind == fault.PortalUnavailable && e.Code >= 400 && e.Code < 500 {
		return fault.As(fault.ExportFailed, err)
	}
	return err
}

// A State is how far an export is.
type State string

// The states of an export. A word that nobody knows counts as Pending: the
// portal still remembers the job.
const (
	Pending State = "pending"
	Ready   State = "ready"
	Failed  State = "failed"
)

// ExportStatus looks once at an export; owner is the one of its Job. The text
// is the portal's own, mostly empty. Portals were seen to answer 400 about an
// export that still came to a good end, so an *Error here is not yet a verdict:
// it is ExportFailed, or ItemGone where the portal has forgotten the job.
func (c *Client) ExportStatus(ctx context.Context, owner, item, job string) (State, string, error) {
	var got struct{ Status, StatusMessage text }
	_, err := c.ask(ctx, question{op: "look at export", item: item,
		to:     c.portal.rest("content", "users", owner, "items", item, "status"),
		params: url.Values{"jobId": {job}, "jobType": {"export"}}}, &got)
	if err != nil {
		return "", "", aboutExport(err)
	}
	message := tidy(statusMessage(string(got.StatusMessage)))
	switch word := strings.ToLower(strings.TrimPrefix(string(got.Status), "esriJob")); word {
	case "completed", "succeeded":
		return Ready, message, nil
	case "failed", "failure", "cancelled", "canceled", "timedout":
		return Failed, message, nil
	}
	return Pending, message, nil
}

// statusMessage reads a message that may be JSON inside the string.
func statusMessage(s string) string {
	var inner struct{ Message text }
	if json.Unmarshal([]byte(s), &inner) == nil && inner.Message != "" {
		return string(inner.Message)
	}
	return s
}
