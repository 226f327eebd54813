package arcgis

import (
	"context"
	"net/url"
	"strconv"
)

// ResourceBytes is how many bytes an item's resources have together: files
// beside its data, which the item's size counts too.
func (c *Client) ResourceBytes(ctx context.Context, id string) (int64, error) {
	sum := int64(0)
	for start := int64(1); ; {
		var page struct {
			NextStart number
			Resources []struct{ Size number }
		}
		_, err := c.ask(ctx, question{op: "list the resources", item: id, to: c.portal.rest("content", "items", id, "resources"),
			params: url.Values{"start": {strconv.FormatInt(start, 10)}, "num": {strconv.Itoa(pageSize)}}}, &page)
		if err != nil {
			return 0, err
		}
		for _, r := range page.Resources {
			sum += max(0, r.Size.n)
		}
		if page.NextStart.n <= start {
			return sum, nil
		}
		start = page.NextStart.n
	}
}
