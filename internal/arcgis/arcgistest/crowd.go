package arcgistest

import (
	"fmt"
	"time"
)

// many is N cheap items, 1,000 without a number: of ten items eight are small
// layers, one is a file and one a web map. Exports are done at the second
// look, or, with a duration after N, when so much of the clock has passed.
func many(s *Scenario, words []string) error {
	n, err := count(words, 0, 1000)
	if err != nil {
		return err
	}
	takes := time.Duration(0)
	if len(words) > 1 {
		if takes, err = time.ParseDuration(words[1]); err != nil {
			return err
		}
	}
	places := []string{"parks", "roads", "water", "other"}
	for i := range n {
		title, tag := fmt.Sprintf("Item %05d", i+1), places[i%len(places)]
		switch i % 10 {
		case 7:
			s.File(title+".pdf", "PDF").Tags("backup", tag).Bulk(2000)
		case 8:
			s.Text(title, "Web Map", fmt.Sprintf(`{"version":"2.31","number":%d}`, i+1)).Tags("backup", tag)
		default:
			s.Layer(title).Tags("backup", tag).Rows(12).ExportSeconds(takes.Seconds())
		}
	}
	return plainly(words[min(len(words), 2):])
}

// lookalikes are tags that a search for backup finds, or that a careless
// comparison takes for it.
var lookalikes = []string{"Backup", "BACKUP", "backups", "no backup", "backup-old", "backup.2", "old backup", " backup", "backup ", "back up", "backup!", "ｂackup", "bаckup", "backup/parks"}

// lookalike holds an item for each of them, and four with the right tag: of a
// layer, a file, a text, and a layer that has both.
func lookalike(s *Scenario, words []string) error {
	for _, tag := range lookalikes {
		s.Layer("Not this: "+tag).Tags(tag, "parks")
	}
	s.Layer("backup").Tags("parks").Snippet("the right word, but in the title")
	s.Layer("This layer").Tags("backup", "parks")
	s.File("This file.csv", "CSV").Tags("parks", "backup").Bytes([]byte("a,b\r\n"))
	s.Text("This map", "Web Map", `{"version":"2.31"}`).Tags("backup")
	s.Layer("This too").Tags("Backup", "backup", "Parks")
	return plainly(words)
}

// nothing is lookalikes alone.
func nothing(s *Scenario, words []string) error {
	for _, tag := range lookalikes {
		s.Layer("Not this: " + tag).Tags(tag)
	}
	s.Layer("No tag at all")
	return plainly(words)
}
