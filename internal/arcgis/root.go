package arcgis

import "context"

// Root gives the items in a user's root folder, where exports arrive. It is
// the truth at once, other than the search, whose index lags.
func (c *Client) Root(ctx context.Context, owner string) ([]Item, error) {
	items, _, err := c.folder(ctx, owner, "")
	return items, err
}

// PlainText gives a secret's text in UTF-8, whatever an editor or shell left.
func PlainText(raw []byte) []byte { return []byte(plainText(raw)) }
