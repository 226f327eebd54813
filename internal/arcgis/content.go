package arcgis

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// A user's content listing is no index: it shows the truth at once, where
// search lags behind. So it is what a lost export is found by, and what proves
// that an item is gone.

type contentAnswer struct {
	NextStart number
	Items     []itemAnswer
	Folders   []struct{ ID text }
}

// overlap is by how many items a page begins before the end of the one before
// it. Items that are deleted meanwhile, as our own exports are, move the rest
// forward, and without an overlap some would be skipped unseen.
const overlap = 10

// folder lists one folder of a user, "" being the root, with all its pages.
func (c *Client) folder(ctx context.Context, owner, folder string) (items []Item, folders []string, err error) {
	path := []string{"content", "users", owner}
	if folder != "" {
		path = append(path, folder)
	}
	seen := map[string]bool{}
	for start := int64(1); ; {
		var page contentAnswer
		_, err := c.ask(ctx, question{op: "list the content of " + owner, to: c.portal.rest(path...),
			params: url.Values{"start": {strconv.FormatInt(start, 10)}, "num": {strconv.Itoa(pageSize)}}}, &page)
		if err != nil {
			return nil, nil, err
		}
		known := len(seen)
		for _, item := range itemsOf(page.Items) {
			if !seen[item.ID] {
				seen[item.ID] = true
				items = append(items, item)
			}
		}
		if known > 0 && len(seen) == known+len(page.Items) {
			return nil, nil, fault.New(fault.PortalUnavailable, "list the content of "+owner+": it changed too fast to be read")
		}
		if start == 1 {
			for _, f := range page.Folders {
				folders = append(folders, string(f.ID))
			}
		}
		if page.NextStart.n <= start {
			return items, folders, nil
		}
		start = max(page.NextStart.n-min(overlap, int64(len(page.Items)/2)), start+1)
	}
}

// Root gives the items in a user's root folder, where exports arrive.
func (c *Client) Root(ctx context.Context, owner string) ([]Item, error) {
	items, _, err := c.folder(ctx, owner, "")
	return items, err
}

// Listed reports whether an id is anywhere in a user's content. That it is not
// there, nor readable by id, is the proof that an item is gone.
func (c *Client) Listed(ctx context.Context, owner, id string) (bool, error) {
	items, folders, err := c.folder(ctx, owner, "")
	if err != nil || has(items, id) {
		return err == nil, err
	}
	for _, f := range folders {
		items, _, err := c.folder(ctx, owner, f)
		if err != nil || has(items, id) {
			return err == nil, err
		}
	}
	return false, nil
}

func has(items []Item, id string) bool {
	for _, i := range items {
		if strings.EqualFold(i.ID, id) {
			return true
		}
	}
	return false
}
