package arcgistest

import (
	"encoding/json"
	"net/url"
)

// Secret is the JSON secret of the administrator.
func (p *Portal) Secret() []byte { return p.SecretOf(Admin) }

// SecretOf is the JSON secret of a member of the organization.
func (p *Portal) SecretOf(name string) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.secret(map[string]string{"username": name, "password": p.users[name].password, "referer": p.Referer})
}

// SecretApp is the JSON secret of an application that the administrator
// registered: it reaches the administrator's own items and no others.
func (p *Portal) SecretApp() []byte {
	return p.secret(map[string]string{"client_id": appID, "client_secret": appSecret})
}

// SecretToken is the JSON secret of a token of the administrator that was
// made elsewhere, lives for a year and is bound to no referer.
func (p *Portal) SecretToken() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.secret(map[string]string{"token": p.grant(session{user: Admin, expires: p.Clock.Now().AddDate(1, 0, 0), fixed: true})})
}

func (p *Portal) secret(fields map[string]string) []byte {
	if p.authority != nil {
		fields["ca"] = string(p.CA())
	}
	b, err := json.Marshal(fields)
	if err != nil {
		return nil
	}
	return b
}

// CA is the PEM of the portal's own certificate authority, nil without TLS.
func (p *Portal) CA() []byte {
	if p.authority == nil {
		return nil
	}
	return p.authority.pem
}

// TrustedHosts are the hosts beside the portal's own that may be given a
// token, as the setting trusted_hosts takes them.
func (p *Portal) TrustedHosts() []string {
	u, err := url.Parse(p.ServicesURL)
	if err != nil {
		return nil
	}
	return []string{u.Host}
}
