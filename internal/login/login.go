// Package login opens the portal for the rooms of a run: it fetches the
// secret, signs in when a token is first needed, and sees to it that a run
// whose password is wrong tries it a few times and not a thousand.
package login

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"github.com/mapkeep/mapkeep/internal/account"
	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/ledger"
)

// Login opens portals. One process keeps one client for each run, and with it
// the token, as long as it is warm.
type Login struct {
	Ledger ledger.Ledger
	Secret func(context.Context) (arcgis.Secret, error)

	mu     sync.Mutex
	run    string
	portal *arcgis.Client
}

// Open opens the ledger that the environment names, and prepares signing in
// with the secret that it names by its ARN in SECRET_ARN.
func Open(ctx context.Context) (*Login, error) {
	l, err := ledger.Open(ctx)
	if err != nil {
		return nil, err
	}
	arn := os.Getenv("SECRET_ARN")
	if arn == "" {
		return nil, fault.New(fault.BadSettings, "the environment variable SECRET_ARN is not set")
	}
	settings, err := account.Load(ctx, awshttp.NewBuildableClient())
	if err != nil {
		return nil, fmt.Errorf("read the AWS settings: %w", err)
	}
	client := secretsmanager.NewFromConfig(settings)
	fetch := func(ctx context.Context) (arcgis.Secret, error) { return fetch(ctx, client, arn) }
	return &Login{Ledger: l, Secret: fetch}, nil
}

// fetch reads the secret as it is now; it is never kept beyond a sign-in.
func fetch(ctx context.Context, client *secretsmanager.Client, arn string) (arcgis.Secret, error) {
	answer, err := client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &arn})
	var missing *types.ResourceNotFoundException
	switch {
	case errors.As(err, &missing):
		return arcgis.Secret{}, fault.New(fault.LoginRefused, "the secret with the portal's credentials is missing or empty: fill it in Secrets Manager")
	case err != nil:
		return arcgis.Secret{}, fault.As(fault.PortalUnavailable, fmt.Errorf("read the secret: %w", err))
	case answer.SecretString == nil:
		return arcgis.Secret{}, fault.New(fault.LoginRefused, "the secret holds no text: it must be one JSON object")
	}
	secret, err := arcgis.ParseSecret([]byte(*answer.SecretString))
	return secret, fault.As(fault.LoginRefused, err)
}

// Portal is the portal of a run, signed in when it is first asked something.
func (l *Login) Portal(ctx context.Context, run backup.Run) (*arcgis.Client, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.portal != nil && l.run == run.ID {
		return l.portal, nil
	}
	portal, err := arcgis.New(arcgis.Options{
		Portal:      run.Settings.Portal,
		Trusted:     run.Settings.TrustedHosts,
		Secret:      l.Secret,
		BeforeLogin: func(ctx context.Context) error { return l.allowed(ctx, run.ID) },
		Refused:     func(ctx context.Context, err error) { l.stop(ctx, run.ID, err) },
		Agent:       "mapkeep/" + backup.Version,
	})
	if err != nil {
		return nil, err
	}
	l.run, l.portal = run.ID, portal
	return portal, nil
}

// allowed is asked before each sign-in.
func (l *Login) allowed(ctx context.Context, run string) error {
	reason, err := l.Ledger.Stopped(ctx, run)
	if err != nil || reason == "" {
		return err
	}
	return fault.New(fault.LoginRefused, "the portal refused the sign-in earlier in this run: "+reason)
}

// stop tells the other rooms of the run. That it could not be written changes
// nothing for the room that was refused.
func (l *Login) stop(ctx context.Context, run string, refused error) {
	_ = l.Ledger.Stop(context.WithoutCancel(ctx), run, refused.Error())
}
