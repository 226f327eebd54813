package arcgistest

import (
	"net/url"
	"sort"
)

// orgID is the organization's id.
const orgID = "q7zPNeKmTWeh7Aor"

var privileges = []string{"portal:user:createItem", "portal:user:viewOrgItems", "portal:user:viewOrgUsers", "portal:publisher:publishFeatures"}

// self is portals/self: with a bad token it answers as if nobody had signed
// in, unless the scenario is strict.
func (a *ask) self() reply {
	if a.who.bad && a.p.rules.strictSelf {
		return reply{fail: invalidToken}
	}
	u, err := url.Parse(a.p.URL)
	if err != nil {
		return bad("%v", err)
	}
	out := map[string]any{"id": nil, "name": "ArcGIS", "isPortal": a.p.rules.enterprise, "portalHostname": u.Host + u.Path, "portalName": "Simulated portal",
		"currentVersion": "2026.2", "allSSL": a.p.authority != nil, "supportsHostedServices": true, "culture": "en-us",
		"httpPort": 80, "httpsPort": 443, "supportsOAuth": true, "helperServices": map[string]any{}}
	if a.who.name == "" {
		return reply{json: out}
	}
	out["id"], out["name"], out["urlKey"], out["customBaseUrl"] = orgID, "Town of Littlefield", "littlefield", "maps.arcgis.com"
	out["maxTokenExpirationMinutes"], out["access"] = -1, "private"
	out["storageUsage"], out["storageQuota"] = a.p.stored(), int64(5)<<40
	out["subscriptionInfo"] = map[string]any{"id": "8153", "type": "In House", "state": "active"}
	if !a.p.rules.noBin {
		out["recycleBinSupported"], out["recycleBinEnabled"] = true, true
	}
	if a.who.app {
		out["appInfo"] = map[string]any{"appId": appID, "itemId": "0a99000000000000000000000000a99f", "appOwner": a.who.name, "orgId": orgID, "appTitle": "Backup", "privileges": []string{}}
		return reply{json: out}
	}
	out["user"] = a.p.member(a.who.name)
	return reply{json: out}
}

// member is a user as the portal describes one.
func (p *Portal) member(name string) map[string]any {
	u := p.users[name]
	can := privileges
	if u.role == "org_admin" {
		can = append([]string{"portal:admin:viewItems", "portal:admin:updateItems", "portal:admin:deleteItems", "portal:admin:viewUsers"}, privileges...)
	}
	return map[string]any{"username": u.name, "fullName": u.name, "email": u.name + "@littlefield.example", "role": u.role, "privileges": can,
		"orgId": orgID, "userType": "arcgisonly", "level": "2", "userLicenseTypeId": "creatorUT", "provider": "arcgis", "disabled": false,
		"created": birth.AddDate(-1, 0, 0).UnixMilli(), "modified": birth.UnixMilli(), "groups": []any{}, "tags": []string{}, "culture": "en"}
}

func (a *ask) communitySelf() reply {
	if a.who.app {
		return reply{fail: forbidden}
	}
	return reply{json: a.p.member(a.who.name)}
}

func (a *ask) communityUser() reply {
	if _, ok := a.p.users[a.PathValue("user")]; !ok {
		return reply{fail: &failure{Code: 400, MessageCode: "COM_0018", Message: "User does not exist or is inaccessible.", Details: []string{}}}
	}
	return reply{json: a.p.member(a.PathValue("user"))}
}

// members is portals/{id}/users.
func (a *ask) members() reply {
	names := make([]string, 0, len(a.p.users))
	for name := range a.p.users {
		names = append(names, name)
	}
	sort.Strings(names)
	from, to, page := a.page(len(names))
	list := []any{}
	for _, name := range names[from:to] {
		list = append(list, a.p.member(name))
	}
	page["users"] = list
	return reply{json: page}
}
