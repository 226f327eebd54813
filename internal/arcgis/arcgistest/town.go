package arcgistest

import "time"

// demo is a small town. Every item that is to be backed up can be, if the
// client has patience.
func demo(s *Scenario, words []string) error {
	s.User("rosa", "rosa's own", "org_publisher").User("tom", "tom's own", "org_user").IndexLag(2 * time.Second)
	trail := s.Layer("Trail Map").Tags("backup", "parks").Owner("rosa").Rows(120).Snippet("All trails of the town's parks")
	s.View("Trail Map, public view", trail).Tags("backup", "parks").Owner("rosa").Access("public")
	s.Layer("Playgrounds").Tags("parks", "backup").Owner("rosa").Rows(34).ExportFails(2, "Error exporting data to filegdb format")
	s.Layer("Street Trees").Tags("trees", "backup", "parks").Rows(4200).ExportSeconds(4)
	s.File("Park rules.pdf", "PDF").Tags("backup", "parks").Bulk(48_000).Access("public")
	s.Text("Parks of Littlefield", "Web Map", `{"operationalLayers":[],"baseMap":{"title":"Topographic"},"version":"2.31"}`).Tags("backup", "parks").Access("public")
	s.Scene("Town hall and square").Tags("backup", "parks")

	s.Layer("Road Network").Tags("backup", "roads").Owner("tom").Sublayer(0, "Streets", 900).Sublayer(2, "Bridges", 14).Table(5, "Inspections", 260)
	s.Layer("Snow Routes 2026/27").Tags("backup", "roads").Owner("tom").ThrottledFor(3 * time.Second)
	s.Layer(`Potholes "reported"`).Tags("roads", "water", "backup").Owner("tom").Rows(77).ExportSays("Processing", "processing", "Completed")
	s.File("Signs.csv", "CSV").Tags("backup", "roads").Bytes([]byte("id,sign\r\n1,Stop\r\n2,Yield\r\n"))
	s.Text("Road works dashboard", "Dashboard", `{"version":54,"widgets":[],"settings":{"title":"Road works"}}`).Tags("backup", "roads")
	s.Link("Winter service of the county", "Document Link", "https://county.example/winter").Tags("backup", "roads")

	s.Layer("Hydrants").Tags("backup", "water").Rows(310)
	s.Tiles("Water mains, tiles").Tags("water", "backup").Bulk(20_000)
	s.Layer("Wells").Tags("backup", "water").Sublayer(0, "Wells", 0)
	s.ReferencedService("Flood zones of the state", "Map Service").Tags("backup", "water")
	s.File("Pump stations.zip", "Shapefile").Tags("backup", "water").Bulk(9_000)

	s.File("Littlefield.lyrx.zip", "Code Attachment").Tags("backup")
	s.File("Aerial survey.pdf", "PDF").Tags("backup", "photos").Bulk(3 << 20)
	s.Text("An error of ours", "Web Mapping Application", `{"error":{"code":500,"message":"only a setting of this app"},"values":{}}`).Tags("backup")
	s.Text("Town story", "StoryMap", `{"root":"n-1","nodes":{"n-1":{"type":"story"}}}`).Tags("backup", "story").Access("org")
	s.File("Annual report.ipynb", "Notebook").Tags("backup").Bytes([]byte(`{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}`))
	s.File(" Überschwemmung 🌊 2025.png", "Image").Tags("backup", "water").Owner("rosa")

	s.Layer("Old parcels").Tags("backups")
	s.Layer("Scratch").Tags("no backup", "parks")
	s.File("Minutes.pdf", "PDF").Tags("Backup")
	s.Layer("Dog licences").Tags("parks")
	return plainly(words)
}
