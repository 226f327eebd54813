// Package arcgistest is a simulated ArcGIS portal on loopback: sign-in,
// search, content, export, status, delete, the host of the feature services
// and the host of the files, over three listeners of their own. It behaves
// like the real thing, also where that hurts, and is never bent to a client.
// It is not a mock of our client and knows nothing of it.
//
// Start with a Scenario, built by NewScenario or taken by Named (town.go,
// odd.go, crowd.go and trouble.go hold those), and give it to Start, or to
// Open in a program. What goes wrong is scripted on each Item and happens by attempt,
// not by the clock, so that two runs can be compared; edits between two
// nights and what was seen of a client are methods of Portal.
//
//	s := arcgistest.NewScenario()
//	trail := s.Layer("Trail Map").Tags("backup", "parks").ExportFails(2, "no room")
//	p := arcgistest.Start(s)
//	defer p.Close()
//	// ... a client works with p.URL and p.Secret() ...
//	got := p.Count(arcgistest.Export, trail.ID) // 3
package arcgistest
