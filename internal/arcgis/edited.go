package arcgis

import (
	"context"
	"errors"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// layersAtOnce bounds the layers of one service that are asked at the same
// time; services are metered by what is asked of them per minute.
const layersAtOnce = 8

type serviceAnswer struct {
	Layers, Tables []struct {
		ID   number
		Type text
	}
	EditingInfo *struct {
		LastEditDate, SchemaLastEditDate, DataLastEditDate number
	}
}

// newest is the latest of the three dates. Older services have only the first.
func (a serviceAnswer) newest() time.Time {
	if a.EditingInfo == nil {
		return time.Time{}
	}
	e := a.EditingInfo
	return time.UnixMilli(max(e.LastEditDate.n, e.SchemaLastEditDate.n, e.DataLastEditDate.n, 0)).UTC()
}

// Edited gives the moment at which anything in a feature service was last
// edited, over all its layers and tables: an item's Modified does not move
// with its features. It is known only when each of them tells; otherwise the
// service must be taken as changed. Services that the token may not travel to
// are asked without; those that want one, or that may not be read or reached
// at all, don't tell.
func (c *Client) Edited(ctx context.Context, service string) (newest time.Time, known bool, err error) {
	u, err := url.Parse(service)
	if err != nil || u.Host == "" || !hasEditDates(u.Path) {
		return time.Time{}, false, nil
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath, u.RawQuery, u.Fragment = "", "", ""
	if online(strings.ToLower(u.Hostname())) && u.Port() == "" {
		u.Scheme = "https" // old items still say http
	}
	newest, err = c.newestEdit(ctx, u)
	if errors.Is(err, errNotKnown) || fault.Is(err, fault.TokenRejected) || fault.Is(err, fault.NotPermitted) {
		return time.Time{}, false, nil
	}
	return newest, err == nil, err
}

// errNotKnown says that a service does not tell when it was edited.
var errNotKnown = errors.New("no date of editing")

// hasEditDates reports whether a path is a feature service's or one of its
// layers'; nothing else keeps such dates.
func hasEditDates(p string) bool {
	last := path.Base(p)
	if _, err := strconv.Atoi(last); err == nil {
		last = path.Base(path.Dir(p))
	}
	return strings.EqualFold(last, "FeatureServer")
}

func (c *Client) newestEdit(ctx context.Context, u *url.URL) (time.Time, error) {
	service, err := c.askService(ctx, u)
	if err != nil {
		return time.Time{}, err
	}
	parts := append(service.Layers, service.Tables...)
	if len(parts) == 0 { // the address is a layer's
		return service.newest(), dated(service.newest())
	}
	var lock sync.Mutex
	var newest time.Time
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(layersAtOnce)
	for _, part := range parts {
		if part.Type == "Group Layer" { // holds layers and nothing else
			continue
		}
		group.Go(func() error {
			layer, err := c.askService(ctx, u.JoinPath(strconv.FormatInt(part.ID.n, 10)))
			if err != nil {
				return err
			}
			lock.Lock()
			defer lock.Unlock()
			if at := layer.newest(); at.After(newest) {
				newest = at
			}
			return dated(layer.newest())
		})
	}
	err = group.Wait()
	return newest, err
}

func dated(at time.Time) error {
	if at.IsZero() || at.UnixMilli() == 0 {
		return errNotKnown
	}
	return nil
}

// askService asks a service, which may be on a host that is not the portal's.
// Such a host may not know our token although the portal does, so its refusal
// is no reason to sign in anew; but if the portal, asked about the account,
// turns out to have dropped the token, the new one is tried. A portal that
// can't say leaves it open what the refusal meant.
func (c *Client) askService(ctx context.Context, u *url.URL) (serviceAnswer, error) {
	q := question{op: "read service", item: u.Host + u.Path, to: u}
	var a serviceAnswer
	s, err := c.session(ctx, nil)
	if err != nil {
		return a, err
	}
	err = c.readService(ctx, s, q, &a)
	if !fault.Is(err, fault.TokenRejected) || !c.mayHaveToken(u) {
		return a, err
	}
	if _, lost := c.ask(ctx, question{op: "read the account", to: c.portal.rest("community", "self")}, &userAnswer{}); lost != nil {
		return a, lost
	}
	if fresh := c.current.Load(); fresh != s {
		err = c.readService(ctx, fresh, q, &a)
	}
	return a, err
}

func (c *Client) readService(ctx context.Context, s *session, q question, into *serviceAnswer) error {
	a, err := c.send(ctx, s, q, c.mayHaveToken(q.to))
	if err != nil {
		return err
	}
	return a.read(into)
}
