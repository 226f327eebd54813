package arcgis

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// An Item is an item's description, as far as a backup needs it. Search hits
// lack some of it, Protected, OwnerFolder and Org before all.
type Item struct {
	ID          string
	Owner       string
	OwnerFolder string // id; "" in the root folder, and where the account may not see it
	Org         string
	Title       string
	Name        string // of the file, for items that are files
	Type        string
	Keywords    []string
	Tags        []string
	Created     time.Time
	Modified    time.Time // does not move when features are edited
	Size        int64     // of the data and the resources together; -1 where it is not known
	Access      string    // private, shared, org or public
	URL         string    // of the service, for items that are services
	Protected   bool
}

type itemAnswer struct {
	ID, Owner, OwnerFolder, OrgID text
	Title, Name, Type             text
	TypeKeywords, Tags            texts
	Created, Modified             number
	Size                          number
	Access, URL                   text
	Protected                     flag
}

func (a itemAnswer) item() Item {
	i := Item{
		ID: string(a.ID), Owner: string(a.Owner), OwnerFolder: string(a.OwnerFolder), Org: string(a.OrgID),
		Title: string(a.Title), Name: string(a.Name), Type: string(a.Type),
		Keywords: a.TypeKeywords, Tags: a.Tags,
		Created: a.Created.time(), Modified: a.Modified.time(), Size: -1,
		Access: string(a.Access), URL: string(a.URL), Protected: a.Protected.is,
	}
	if a.Size.there && a.Size.n >= 0 {
		i.Size = a.Size.n
	}
	return i
}

// Service reports whether the item is something published rather than a file:
// no export makes such a thing, but one that is published from an export
// inherits its title and tags.
func (i Item) Service() bool {
	return i.URL != "" || strings.HasSuffix(strings.ToLower(i.Type), " service")
}

func itemsOf(as []itemAnswer) []Item {
	items := make([]Item, 0, len(as))
	for _, a := range as {
		if a.ID != "" {
			items = append(items, a.item())
		}
	}
	return items
}

// Item reads an item by id, and gives beside it the portal's JSON exactly as
// it came. ItemGone means that the portal does not show it to this account;
// only Listed tells whether it is deleted.
func (c *Client) Item(ctx context.Context, id string) (Item, []byte, error) {
	var a itemAnswer
	raw, err := c.ask(ctx, question{op: "read item", item: id, to: c.portal.rest("content", "items", id)}, &a)
	if err != nil {
		return Item{}, nil, err
	}
	if !strings.EqualFold(string(a.ID), id) {
		return Item{}, nil, fault.New(fault.PortalUnavailable,
			fmt.Sprintf("read item %s: the portal answered with item %q", id, tidy(string(a.ID))))
	}
	return a.item(), raw, nil
}
