// Keeps a Redis in front of PostgreSQL clean: deletes what pg_mosaic says has changed.
//
//	listener [-redis /path/to/socket | host:port] [-channel cache_invalidation] [-token file]
//
// The database is named by PG* variables or DATABASE_URL.  Understands payloads
// of keys ("c" with "k") and of rows ({"table": "users", "id": 123,
// "operation": "UPDATE"}, for key users:123).
//
// How nothing is missed: LISTEN first, then ask for what has changed since the
// token kept from last time, then live notifications.  A gap in "prev", "more",
// a doorbell or a connection that was made anew is a reason to ask; "reset" and
// a table as a whole are reasons to flush.
package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/lib/pq"
)

type listener struct {
	database  *sql.DB
	redis     *redis
	channel   string
	tokenFile string
	token     string
	position  int64
}

// Where it stands: at the token kept from last time, or now.
func (l *listener) begin() error {
	if l.tokenFile != "" {
		kept, err := os.ReadFile(l.tokenFile)
		if err == nil {
			if err := l.keep(strings.TrimSpace(string(kept))); err != nil {
				return err
			}
			return l.ask()
		}
		if !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	// Who has kept nothing has missed everything.
	if err := l.redis.flush(); err != nil {
		return err
	}
	var token string
	if err := l.database.QueryRow("SELECT mosaic.token()").Scan(&token); err != nil {
		return err
	}
	return l.keep(token)
}

func (l *listener) keep(token string) error {
	parts := strings.Split(token, ":")
	if len(parts) < 2 {
		return fmt.Errorf("not a token: %q", token)
	}
	position, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return err
	}
	l.token, l.position = token, position
	if l.tokenFile == "" {
		return nil
	}
	if err := os.WriteFile(l.tokenFile+".new", []byte(token), 0o600); err != nil {
		return err
	}
	return os.Rename(l.tokenFile+".new", l.tokenFile)
}

// Deals with everything since the token, page by page.
func (l *listener) ask() error {
	for {
		before := l.token
		token, news, err := l.page()
		if err != nil {
			return err
		}
		if err := l.keep(token); err != nil {
			return err
		}
		if token == before || !news {
			return nil
		}
	}
}

func (l *listener) page() (token string, news bool, err error) {
	rows, err := l.database.Query("SELECT token, rel, key, is_all, reset FROM mosaic.changes_since($1, $2)", l.token, l.channel)
	if err != nil {
		return "", false, err
	}
	defer rows.Close()
	for rows.Next() {
		var relation, key sql.NullString
		var all, reset bool
		if err := rows.Scan(&token, &relation, &key, &all, &reset); err != nil {
			return "", false, err
		}
		switch {
		case reset:
			err = l.redis.flush()
		case all:
			err = l.forgetTable(relation.String)
		case key.Valid:
			err = l.forgetKey(key.String)
		}
		if err != nil {
			return "", false, err
		}
		news = news || all || key.Valid
	}
	return token, news, rows.Err()
}

func (l *listener) forgetKey(key string) error {
	if strings.HasPrefix(key, `{"table": `) {
		return l.forgetRow(key)
	}
	return l.redis.delete(key)
}

func (l *listener) forgetTable(relation string) error {
	if relation == "" {
		return l.redis.flush()
	}
	return l.redis.deleteTable(strings.Trim(relation[strings.LastIndex(relation, ".")+1:], `"`))
}

// A row, as the classic trigger sends it.
func (l *listener) forgetRow(payload string) error {
	var row struct {
		Table string
		ID    json.RawMessage
	}
	if err := json.Unmarshal([]byte(payload), &row); err != nil {
		return err
	}
	if string(row.ID) == "null" {
		return l.redis.deleteTable(row.Table)
	}
	parts, err := keyParts(row.ID)
	if err != nil {
		return err
	}
	return l.redis.delete(row.Table + ":" + strings.Join(parts, ":"))
}

// The values of a key in the order in which they are written, numbers as
// they are.
func keyParts(id json.RawMessage) ([]string, error) {
	decoder := json.NewDecoder(strings.NewReader(string(id)))
	decoder.UseNumber()
	var parts []string
	for n := 0; decoder.More() || n == 0; n++ {
		item, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		if _, bracket := item.(json.Delim); bracket {
			// Inside, names and values take turns.
			for decoder.More() {
				if _, err := decoder.Token(); err != nil {
					return nil, err
				}
				value, err := decoder.Token()
				if err != nil {
					return nil, err
				}
				parts = append(parts, fmt.Sprint(value))
			}
			return parts, nil
		}
		parts = append(parts, fmt.Sprint(item))
	}
	return parts, nil
}

type message struct {
	Table    *string
	Epoch    string `json:"e"`
	Position *int64 `json:"pos"`
	Previous int64  `json:"prev"`
	Part, Of int
	More     bool
	Changes  []struct {
		Relation string   `json:"r"`
		Keys     []string `json:"k"`
		All      bool
	} `json:"c"`
}

func (l *listener) hear(payload string) error {
	var heard message
	if err := json.Unmarshal([]byte(payload), &heard); err != nil {
		return err
	}
	if heard.Table != nil { // it has no position
		return l.forgetRow(payload)
	}
	if heard.Position != nil && *heard.Position <= l.position {
		return nil // told already by changes_since()
	}
	missed := heard.Position != nil && heard.Previous > l.position
	if missed || heard.More || heard.Changes == nil {
		return l.ask()
	}
	for _, change := range heard.Changes {
		var err error
		if change.All {
			err = l.forgetTable(change.Relation)
		} else {
			err = l.redis.delete(change.Keys...)
		}
		if err != nil {
			return err
		}
	}
	if heard.Position != nil && heard.Part == heard.Of {
		return l.keep(fmt.Sprintf("%s:%d", heard.Epoch, *heard.Position))
	}
	return nil
}

func (l *listener) run(notifications <-chan *pq.Notification) error {
	if err := l.begin(); err != nil {
		return err
	}
	fmt.Println("listening")
	for notification := range notifications {
		var err error
		if notification == nil { // connected anew: something may have been missed
			err = l.ask()
		} else {
			err = l.hear(notification.Extra)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func main() {
	address := flag.String("redis", "127.0.0.1:6379", "socket or host:port")
	channel := flag.String("channel", "cache_invalidation", "channel to listen on")
	tokenFile := flag.String("token", "", "file that keeps the position from one start to the next")
	flag.Parse()

	cache, err := dialRedis(*address)
	if err != nil {
		log.Fatal(err)
	}
	source := os.Getenv("DATABASE_URL")
	database, err := sql.Open("postgres", source)
	if err != nil {
		log.Fatal(err)
	}
	connection := pq.NewListener(source, 100*time.Millisecond, 10*time.Second, nil)
	if err := connection.Listen(*channel); err != nil {
		log.Fatal(err)
	}
	go func() { // finds out that a silent connection is gone
		for range time.Tick(time.Minute) {
			_ = connection.Ping()
		}
	}()
	l := &listener{database: database, redis: cache, channel: *channel, tokenFile: *tokenFile}
	log.Fatal(l.run(connection.Notify))
}
