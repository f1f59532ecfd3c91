// Reads a log from a folder as anyone could, with Go's own packages: its checkpoint, its tiles and its proofs.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Proofs are what our program claims, in base64.
type Proofs struct {
	Inclusion   []struct{ Index, Size int64; Path []string }
	Consistency []struct{ Older, Newer int64; Path []string }
}

type folder string

func (f folder) Height() int { return 8 }

func (f folder) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		// Go's paths name the height of a tile; those of C2SP don't.
		data, err := os.ReadFile(filepath.Join(string(f), strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func main() {
	dir, key := os.Args[1], os.Args[2]
	verifier, err := note.NewVerifier(key)
	must(err)
	signed, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	must(err)
	opened, err := note.Open(signed, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	var size int64
	_, err = fmt.Sscan(lines[1], &size)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)

	leaves := readLeaves(dir, size)
	must(sameRoot(leaves, root))
	head := tlog.Tree{N: size, Hash: root}
	reader := tlog.TileHashReader(head, folder(dir))
	checkProofs(dir, head, leaves, reader)
	fmt.Printf("%s is right: %d entries\n", lines[0], size)
}

func readLeaves(dir string, size int64) []tlog.Hash {
	var leaves []tlog.Hash
	for first := int64(0); first < size; first += 256 {
		width := size - first
		if width > 256 {
			width = 256
		}
		tile := tlog.Tile{H: 8, L: 0, N: first / 256, W: int(width)}
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		data, err := os.ReadFile(filepath.Join(dir, path))
		must(err)
		for len(data) > 0 {
			length := int(binary.BigEndian.Uint16(data))
			leaves = append(leaves, tlog.RecordHash(data[2:2+length]))
			data = data[2+length:]
		}
	}
	return leaves
}

func sameRoot(leaves []tlog.Hash, root tlog.Hash) error {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	for n, leaf := range leaves {
		more, err := tlog.StoredHashesForRecordHash(int64(n), leaf, reader)
		if err != nil {
			return err
		}
		stored = append(stored, more...)
	}
	found, err := tlog.TreeHash(int64(len(leaves)), reader)
	if err == nil && found != root {
		return fmt.Errorf("the entries have root %v, the checkpoint says %v", found, root)
	}
	return err
}

func checkProofs(dir string, head tlog.Tree, leaves []tlog.Hash, reader tlog.HashReader) {
	text, err := os.ReadFile(filepath.Join(dir, "proofs.json"))
	must(err)
	var proofs Proofs
	must(json.Unmarshal(text, &proofs))
	for _, p := range proofs.Inclusion {
		root, err := tlog.TreeHash(p.Size, reader)
		must(err)
		must(tlog.CheckRecord(hashes(p.Path), p.Size, root, p.Index, leaves[p.Index]))
		own, err := tlog.ProveRecord(p.Size, p.Index, reader)
		must(err)
		must(same(own, hashes(p.Path)))
	}
	for _, p := range proofs.Consistency {
		older, err := tlog.TreeHash(p.Older, reader)
		must(err)
		newer, err := tlog.TreeHash(p.Newer, reader)
		must(err)
		must(tlog.CheckTree(hashes(p.Path), p.Newer, newer, p.Older, older))
	}
}

func hashes(path []string) []tlog.Hash {
	var all []tlog.Hash
	for _, text := range path {
		bytes, err := base64.StdEncoding.DecodeString(text)
		must(err)
		var hash tlog.Hash
		copy(hash[:], bytes)
		all = append(all, hash)
	}
	return all
}

func same(left, right []tlog.Hash) error {
	if fmt.Sprint(left) != fmt.Sprint(right) {
		return fmt.Errorf("proofs differ: %v, %v", left, right)
	}
	return nil
}

func must(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
