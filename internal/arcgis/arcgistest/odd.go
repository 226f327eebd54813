package arcgistest

import "strings"

// odd holds what portals hold and programs stumble over. Titles, file names
// and tags are such that a careless copy writes outside of its folder, or
// nothing, or twice the same; all of it can be backed up, though one title
// ends like that of an export leftover. Its settings name odd tags as well,
// and the portal labels JSON as text and files as HTML.
func odd(s *Scenario, words []string) error {
	s.Mislabel()
	s.BackupTags = []string{"backup", `say "cheese"`}
	s.DirectoryTags = []string{"parks", "Parks", "a/b", "..", "CON", "manifest.json", "roads, wide", "مياه"}
	for _, title := range []string{
		"Roads/Bridges", `C:\maps\town`, `He said "no"`, "What? Where: here *", "<b>bold</b> & more", " leading space", "trailing space ", "...", ".hidden", "..",
		"Twice the same", "Twice the same", "twice the same", strings.Repeat("Very long title ", 16), strings.Repeat("語", 256),
		"مخطط المياه", "right\u202eto left", "zero\u200bwidth", "tab\tline\nbell\a", "\x01\x02", "🌳🌊🛣", "Über Straße", "U\u0308ber decomposed",
		"CON", "nul.zip", "com1", "manifest.json", "backup_2026-11-23.json", "Parcels_backup_0123456789abcdef0123456789abcdef", "%2e%2e%2f", "'; DROP TABLE items; --",
		"null", "100% sure", "$HOME `id`", "{{title}}", "a\u2028b",
	} {
		s.Layer(title).Tags("backup").Rows(3)
	}
	for _, tags := range [][]string{
		{"parks", "backup"}, {"Parks", "backup"}, {"backup", "a/b"}, {"..", "backup"}, {"CON", "backup"}, {"manifest.json", "backup"}, {"backup", "roads, wide"},
		{"مياه", "backup"}, {`say "cheese"`}, {`say "cheese"`, "backup", "backup"}, {"backup", ""}, {"backup", " backup", "backup "},
	} {
		s.Text("Tags "+strings.Join(tags, ";"), "Web Map", `{"version":"2.31"}`).Tags(tags...)
	}
	for _, name := range []string{
		"../../etc/passwd", `..\..\evil.bat`, "/absolute.txt", "no extension", ".profile", "two.tar.gz", "odd.ext-with-dash", "x.verylongextension", "UPPER.ZIP",
		"nul", "a:b.pdf", "tab\there.csv", "日本語.pdf", "query?x=1&y=2#z.pdf", "50% of it.pdf", "plus+sign.pdf", "semi;colon.pdf",
	} {
		s.File("File "+name, "PDF").Filename(name).Tags("backup").Bulk(700)
	}
	s.File("Nothing in it.txt", "Document").Tags("backup").Bytes([]byte{})
	s.File("One byte.bin", "Code Sample").Tags("backup").Bytes([]byte{0})
	s.File("Error as a file.json", "GeoJson").Tags("backup").Bytes([]byte(`{"error":{"code":498,"message":"Invalid token."},"type":"FeatureCollection","features":[]}`))
	s.File("A page.html", "Code Sample").Tags("backup").Bytes([]byte("<!DOCTYPE html><html><body>a page that is wanted</body></html>"))
	s.Text("Error as a key", "Dashboard", `{"error":{"code":500,"message":"shown when the layer is away"},"widgets":[]}`).Tags("backup")
	s.Text("Control characters", "Web Map", "{\"title\":\"a\\u0001b\",\"text\":\"raw \x02 in it\"}").Tags("backup")
	s.Text("Just a word", "Web Experience", `"draft"`).Tags("backup")
	s.Text("Unheard of, with text", "Quantum Map", `{"qubits":3}`).Tags("backup")
	s.File("Unheard of, a file.qmap", "Quantum Package").Tags("backup")
	s.ReferencedService("Unheard of, a service", "Quantum Service").Tags("backup")
	s.Link("Unheard of, a link", "Quantum Link", "https://quantum.example/").Tags("backup")
	s.Link("Weather of the state", "WMS", "https://weather.example/wms").Tags("backup").NoDataError(500, "CONT_0004", "Item data does not exist.")
	s.Layer("Gaps in the ids").Tags("backup").Sublayer(3, "Third", 5).Sublayer(17, "Seventeenth", 0).Table(40, "Notes", 2)
	s.Layer("Tables only").Tags("backup").Table(0, "Readings", 9)
	s.Layer("No rows").Tags("backup").Rows(0)
	s.Layer("Says nothing of edits").Tags("backup").NoEditingInfo()
	s.Layer("In a folder").Tags("backup").Folder("Work / in progress")
	s.Layer("Protected").Tags("backup").Protected()
	return plainly(words)
}
