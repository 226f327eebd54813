package layout

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/mapkeep/mapkeep/internal/backup"
)

// maxSafe is the length in bytes of the longest safe name.
const maxSafe = 120

// Safe makes a title or a tag fit for every file system: NFC; characters
// that backup.Unsafe names become "_"; dots and spaces at both ends go; at
// most 120 bytes, cut at a rune and trimmed again; "untitled" when nothing
// is left. A safe name is its own safe name.
func Safe(title string) string {
	safe := trim(replaced(title))
	if len(safe) > maxSafe {
		safe = trim(cutBytes(safe, maxSafe))
	}
	if safe == "" {
		return "untitled"
	}
	return safe
}

// replaced is the first half of Safe.
func replaced(title string) string {
	return strings.Map(func(r rune) rune {
		if backup.Unsafe(r) {
			return '_'
		}
		return r
	}, norm.NFC.String(strings.ToValidUTF8(title, "_")))
}

func trim(s string) string { return strings.Trim(s, ". ") }

// cutBytes shortens s to at most n bytes without splitting a rune.
func cutBytes(s string, n int) string {
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// FolderName is the name of a run's folder: prefix and date, and from the
// second try on its number (-2, -3, …).
func FolderName(prefix, date string, try int) string {
	name := prefix + date
	if try > 1 {
		name += "-" + strconv.Itoa(try)
	}
	return undevice(name)
}

// FileName is the name of an item's file: its safe title, suffix, id and
// extension (without the dot, "" for none).
func FileName(title, suffix, id, ext string) string {
	name := Safe(title) + suffix + safeID(id)
	if ext != "" {
		name += "." + ext
	}
	return undevice(name)
}

// TagFolder is the name of a tag's folder in the run's folder named folder:
// the safe tag, with "_" in front when that is the name of the manifest or
// the log.
func TagFolder(tag, folder string) string {
	name := Safe(tag)
	if same(name, manifest) || same(name, folder+".json") {
		return "_" + name
	}
	return undevice(name)
}

// TagFolders maps each of directoryTags, and uncategorized, to the name of
// its folder. Tags whose folders would be equal but for case share the first
// one's, since some file systems don't tell them apart.
func TagFolders(directoryTags []string, uncategorized, folder string) map[string]string {
	folders, first := map[string]string{}, map[string]string{}
	for _, tag := range append(directoryTags[:len(directoryTags):len(directoryTags)], uncategorized) {
		name := TagFolder(tag, folder)
		if _, ok := first[fold(name)]; !ok {
			first[fold(name)] = name
		}
		folders[tag] = first[fold(name)]
	}
	return folders
}

// Extension is the text after the last dot of a file's name, case kept, when
// it is 1 to 10 ASCII letters and digits; else "".
func Extension(fileName string) string {
	i := strings.LastIndexByte(fileName, '.')
	if i < 0 || !extension.MatchString(fileName[i+1:]) {
		return ""
	}
	return fileName[i+1:]
}

var extension = regexp.MustCompile(`^[A-Za-z0-9]{1,10}$`)

// devices matches what Windows takes for a device, whatever follows the
// first dot: naming files (Microsoft), and the consoles CONIN$ and CONOUT$.
var devices = regexp.MustCompile(`^(?i:CON|PRN|AUX|NUL|COM[1-9¹²³]|LPT[1-9¹²³]|CONIN\$|CONOUT\$) *$`)

// undevice puts "_" in front of a device's name.
func undevice(name string) string {
	stem, _, _ := strings.Cut(name, ".")
	if devices.MatchString(stem) {
		return "_" + name
	}
	return name
}

// safeID leaves an id of the portal as it is (32 hex digits) and replaces
// what could not be part of a key: a portal is not trusted with slashes.
func safeID(id string) string {
	if ids.MatchString(id) {
		return id
	}
	return hexSum(id, 32)
}

var ids = regexp.MustCompile(`^[0-9A-Za-z_-]{1,40}$`)

// hexSum is the first n hex digits of a text's SHA-256.
func hexSum(text string, n int) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])[:n]
}

func same(a, b string) bool { return fold(a) == fold(b) }

// fold makes texts equal that differ in case alone.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			least = min(least, f)
		}
		return least
	}, s)
}
