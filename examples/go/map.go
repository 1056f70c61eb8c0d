package shards

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
)

// Map is a shard map as mosaic.shard_map_export() gives it.
type Map struct {
	Name         string `json:"map"`
	Epoch        int64  `json:"epoch"`
	Strategy     string `json:"strategy"`
	KeyType      string `json:"key_type"`
	Hash         string `json:"hash"`
	Slots        int    `json:"slots"`
	DefaultShard *int   `json:"default_shard"`
	Shards       []struct {
		ID       int     `json:"shard"`
		Name     string  `json:"name"`
		Weight   float64 `json:"weight"`
		Draining bool    `json:"draining"`
	} `json:"shards"`
	Runs []struct {
		First, Last int
		Shard       *int
	} `json:"runs"`
	Ranges []struct {
		Lower, Upper *string
		Shard        int
	} `json:"ranges"`
	Keys []struct {
		Key   string
		Shard int
	} `json:"keys"`

	owners []*int
	listed map[string]int
}

type key struct {
	number int64
	bytes  []byte // nil: a number
	text   []byte // as a client writes it
}

// Parse reads an exported map.
func Parse(exported []byte) (*Map, error) {
	m := new(Map)
	if err := json.Unmarshal(exported, m); err != nil {
		return nil, err
	}
	sort.Slice(m.Shards, func(i, j int) bool { return m.Shards[i].ID < m.Shards[j].ID })
	m.owners = make([]*int, m.Slots)
	for _, run := range m.Runs {
		for slot := run.First; slot <= run.Last; slot++ {
			m.owners[slot] = run.Shard
		}
	}
	m.listed = make(map[string]int)
	for _, k := range m.Keys {
		m.listed[k.Key] = k.Shard
	}
	return m, nil
}

func (m *Map) parseKey(text string) (key, error) {
	switch m.KeyType {
	case "bigint":
		number, err := strconv.ParseInt(text, 10, 64)
		return key{number: number, text: []byte(strconv.FormatInt(number, 10))}, err
	case "uuid":
		data, err := hex.DecodeString(strings.ReplaceAll(text, "-", ""))
		return key{bytes: data, text: []byte(strings.ToLower(text))}, err
	case "text":
		return key{bytes: []byte(text), text: []byte(text)}, nil
	}
	return key{}, fmt.Errorf("keys of type %s: ask the server", m.KeyType)
}

// ShardFor finds the shard of a key given as text.
func (m *Map) ShardFor(text string) (int, error) {
	k, err := m.parseKey(text)
	if err != nil {
		return 0, err
	}
	found, err := m.find(k)
	if err != nil {
		return 0, err
	}
	if found == nil {
		found = m.DefaultShard
	}
	if found == nil {
		return 0, fmt.Errorf("no shard of map %s owns the key %s", m.Name, text)
	}
	return *found, nil
}

func (m *Map) find(k key) (*int, error) {
	n := len(m.Shards)
	switch m.Strategy {
	case "slots":
		return m.owners[m.slot(k)], nil
	case "modulo":
		return &m.Shards[FloorModulo(k.number, n)].ID, nil
	case "jump":
		return &m.Shards[Jump(uint64(k.number), n)].ID, nil
	case "md5":
		return &m.Shards[MD5Modulo(k.text, n)].ID, nil
	case "sha256":
		return &m.Shards[SHA256Modulo(m.digested(k), n)].ID, nil
	case "rendezvous":
		return m.rendezvous(HashBytes(k.text)), nil
	case "range":
		return m.inRange(k)
	case "list":
		if shard, ok := m.listed[string(k.text)]; ok {
			return &shard, nil
		}
		return nil, nil
	}
	return nil, fmt.Errorf("strategy %s: ask the server", m.Strategy)
}

// The 16 bytes of a uuid are what SHA-256 is taken of.
func (m *Map) digested(k key) []byte {
	if m.KeyType == "uuid" {
		return k.bytes
	}
	return k.text
}

func (m *Map) slot(k key) int {
	switch m.Hash {
	case "md5":
		return MD5Modulo(k.text, m.Slots)
	case "sha256":
		return SHA256Modulo(m.digested(k), m.Slots)
	case "crc16":
		return CRC16Slot(k.text) % m.Slots
	}
	if k.bytes == nil {
		return NativeRemainder(HashInt(k.number), m.Slots)
	}
	return NativeRemainder(HashBytes(k.bytes), m.Slots)
}

func (m *Map) rendezvous(keyHash uint64) *int {
	best := -1.0
	var winner *int
	for i := range m.Shards {
		s := &m.Shards[i]
		if s.Weight == 0 || s.Draining {
			continue
		}
		h := mix64(keyHash ^ mix64(HashBytes([]byte(s.Name))))
		if score := -s.Weight / math.Log((float64(h>>11)+0.5)*0x1p-53); score > best {
			best, winner = score, &s.ID
		}
	}
	return winner
}

func (m *Map) before(k key, bound *string) (bool, error) {
	b, err := m.parseKey(*bound)
	if k.bytes == nil {
		return k.number < b.number, err
	}
	return bytes.Compare(k.bytes, b.bytes) < 0, err
}

func (m *Map) inRange(k key) (*int, error) {
	for i := range m.Ranges {
		r := &m.Ranges[i]
		below, beyond := false, false
		var err error
		if r.Lower != nil {
			if below, err = m.before(k, r.Lower); err != nil {
				return nil, err
			}
		}
		if r.Upper != nil {
			if beyond, err = m.before(k, r.Upper); err != nil {
				return nil, err
			}
			beyond = !beyond
		}
		if !below && !beyond {
			return &r.Shard, nil
		}
	}
	return nil, nil
}
