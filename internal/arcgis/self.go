package arcgis

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// What is known about the portal's recycle bin. With the bin on, a deletion
// that does not ask to be permanent keeps the item for 14 days, as billed
// storage.
const (
	BinOn      = "on"
	BinOff     = "off"
	BinUnknown = "unknown"
)

// Self is the portal as the account sees it, and the account.
type Self struct {
	Org        string // id of the organization
	Name       string // of the organization
	Enterprise bool   // ArcGIS Enterprise, not Online
	Username   string // "" for an application
	FullName   string
	Role       string // org_admin, org_publisher, org_user, or the id of a role made by the organization
	Privileges []string
	RecycleBin string // one of the Bin words
}

type selfAnswer struct {
	ID                  text
	Name                text
	IsPortal            flag
	RecycleBinSupported flag
	RecycleBinEnabled   flag
	User                *userAnswer
	AppInfo             *struct {
		AppID      text
		OrgID      text
		Privileges texts
	}
}

type userAnswer struct {
	Username   text
	FullName   text
	Role       text
	RoleID     text
	Privileges texts
}

// Self reads portals/self and community/self. A portal may ignore a token that
// it does not know and answer as it would to anybody, so an answer without a
// user, or with another user than the one who signed in, is LoginRefused. An
// application has no user; there the portal must name the application or
// answer the application's own question about itself. A token that ended just
// now is ignored in the same way, so the first such answer makes one new
// sign-in.
func (c *Client) Self(ctx context.Context) (Self, error) {
	s, err := c.readSelf(ctx)
	if !errors.Is(err, errIgnored) {
		return s, err
	}
	if _, err := c.signIn(ctx, c.current.Load()); err != nil {
		return Self{}, err
	}
	return c.readSelf(ctx)
}

// errIgnored says that the portal answered as if there were no token.
var errIgnored = errors.New("the portal ignored the token")

func (c *Client) readSelf(ctx context.Context) (Self, error) {
	var user userAnswer
	_, refused := c.ask(ctx, question{op: "read the account", to: c.portal.rest("community", "self")}, &user)
	if refused != nil && !errors.As(refused, new(*Error)) {
		return Self{}, refused
	}
	var portal selfAnswer
	if _, err := c.ask(ctx, question{op: "read the portal", to: c.portal.rest("portals", "self")}, &portal); err != nil {
		return Self{}, err
	}
	if portal.User == nil && portal.AppInfo == nil && refused != nil && !fault.Is(refused, fault.TokenRejected) {
		return Self{}, refused
	}
	s := portal.self(user)
	if err := c.recognised(s, portal, refused); err != nil {
		return Self{}, err
	}
	c.self.Store(&s)
	return s, nil
}

func (a selfAnswer) self(user userAnswer) Self {
	if a.User != nil && user.Username == "" {
		user = *a.User
	}
	s := Self{Org: string(a.ID), Name: string(a.Name), Enterprise: a.IsPortal.is, RecycleBin: a.bin(),
		Username: string(user.Username), FullName: string(user.FullName),
		Role: string(user.Role), Privileges: user.Privileges}
	if s.Role == "" {
		s.Role = string(user.RoleID)
	}
	if a.User != nil && len(s.Privileges) == 0 {
		s.Privileges = a.User.Privileges
	}
	if a.AppInfo != nil && s.Username == "" {
		s.Privileges = a.AppInfo.Privileges
	}
	return s
}

// bin: the field about being enabled is missing where nobody ever was.
func (a selfAnswer) bin() string {
	switch {
	case a.IsPortal.is, a.RecycleBinSupported.there && !a.RecycleBinSupported.is:
		return BinOff
	case a.RecycleBinEnabled.is:
		return BinOn
	case a.RecycleBinEnabled.there, a.RecycleBinSupported.is:
		return BinOff
	}
	return BinUnknown
}

// recognised checks that the portal knows who asked.
func (c *Client) recognised(s Self, portal selfAnswer, refused error) error {
	signed := c.current.Load().secret
	refuse := func(why string) error {
		return fault.As(fault.LoginRefused, fmt.Errorf("%w: %s", errIgnored, why))
	}
	switch {
	case s.Org == "":
		return refuse("it answered without an organization")
	case signed.clientID != "" && (portal.User != nil || portal.AppInfo != nil || refused == nil):
		return nil
	case portal.User == nil && signed.token != "" && portal.AppInfo != nil:
		return nil // an API key belongs to an application
	case portal.User == nil || portal.User.Username == "":
		return refuse("it answered as it does to anybody")
	case signed.username != "" && !strings.EqualFold(signed.username, string(portal.User.Username)):
		return refuse(fmt.Sprintf("it answered as to %q, not as to the account that signed in", portal.User.Username))
	case s.Username != "" && !strings.EqualFold(s.Username, string(portal.User.Username)):
		return refuse("its two answers name two accounts")
	}
	return nil
}

// Known gives what Self last said, and asks where nobody has yet: for what
// does not change while a run goes on.
func (c *Client) Known(ctx context.Context) (Self, error) {
	if s := c.self.Load(); s != nil {
		return *s, nil
	}
	return c.Self(ctx)
}
