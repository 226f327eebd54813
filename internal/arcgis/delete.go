package arcgis

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/mapkeep/mapkeep/internal/fault"
)

var (
	protected = regexp.MustCompile(`(?i)delete protection`)
	related   = regexp.MustCompile(`(?i)has a related`)
	absent    = regexp.MustCompile(`(?i)(not|n't) (exist|found|accessible)|inaccessible`)
)

// Delete removes an item for good: on ArcGIS Online it asks for permanent
// deletion, past the recycle bin, in which an item still costs storage;
// Enterprise has no bin. An item that is not there any more is deleted, so
// the caller must have made sure that the id is its own.
func (c *Client) Delete(ctx context.Context, owner, folder, id string) error {
	self, err := c.Known(ctx)
	if err != nil {
		return err
	}
	params := url.Values{}
	if !self.Enterprise {
		params.Set("permanentDelete", "true")
	}
	path := []string{"content", "users", owner}
	if folder != "" {
		path = append(path, folder)
	}
	var got struct{ Success flag }
	_, err = c.ask(ctx, question{op: "delete item", item: id, changes: true, params: params,
		to: c.portal.rest(append(path, "items", id, "delete")...)}, &got)
	if err == nil && !got.Success.is {
		return fault.New(fault.PortalUnavailable, "delete item "+id+": the portal answered without success")
	}
	return c.deleted(ctx, id, err)
}

// deleted understands why a deletion did not happen. Portals say that an item
// does not exist or is inaccessible both when it is gone and when the account
// lacks the right to delete it, so it is read again then.
func (c *Client) deleted(ctx context.Context, id string, err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	words := e.Message + " " + strings.Join(e.Details, " ")
	switch {
	case e.MessageCode == "CONT_0001", e.HTTP < 400 && absent.MatchString(words):
		return c.absent(ctx, id, e)
	case protected.MatchString(words):
		return fault.As(fault.NotPermitted, fmt.Errorf("item %s is protected against deletion; an administrator has to take the protection off: %w", id, e))
	case related.MatchString(words):
		return fault.As(fault.NotPermitted, fmt.Errorf("item %s is kept by a service that was made from it: %w", id, e))
	}
	return err
}

// absent is nil when the item is really not there any more.
func (c *Client) absent(ctx context.Context, id string, refused error) error {
	_, _, err := c.Item(ctx, id)
	switch {
	case fault.Is(err, fault.ItemGone):
		return nil
	case err != nil:
		return err
	}
	return fault.As(fault.NotPermitted, fmt.Errorf("item %s is there, and this account may not delete it: %w", id, refused))
}
