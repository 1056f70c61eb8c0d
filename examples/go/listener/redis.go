package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
)

// As much of a Redis client as it takes to delete.
type redis struct {
	connection net.Conn
	reader     *bufio.Reader
}

func dialRedis(address string) (*redis, error) {
	network := "tcp"
	if strings.HasPrefix(address, "/") {
		network = "unix"
	}
	connection, err := net.Dial(network, address)
	if err != nil {
		return nil, err
	}
	return &redis{connection, bufio.NewReader(connection)}, nil
}

// A reply is a string, nil or a slice of replies.
func (r *redis) command(words ...string) (any, error) {
	var text strings.Builder
	fmt.Fprintf(&text, "*%d\r\n", len(words))
	for _, word := range words {
		fmt.Fprintf(&text, "$%d\r\n%s\r\n", len(word), word)
	}
	if _, err := io.WriteString(r.connection, text.String()); err != nil {
		return nil, err
	}
	return r.reply()
}

func (r *redis) reply() (any, error) {
	line, err := r.reader.ReadString('\n')
	if err != nil {
		return nil, err
	}
	rest := strings.TrimSuffix(line[1:], "\r\n")
	switch line[0] {
	case '-':
		return nil, fmt.Errorf("redis: %s", rest)
	case '$':
		length, err := strconv.Atoi(rest)
		if err != nil || length < 0 {
			return nil, err
		}
		text := make([]byte, length+2)
		_, err = io.ReadFull(r.reader, text)
		return string(text[:length]), err
	case '*':
		count, err := strconv.Atoi(rest)
		items := []any{}
		for err == nil && len(items) < count {
			var item any
			item, err = r.reply()
			items = append(items, item)
		}
		return items, err
	default:
		return rest, nil
	}
}

// With the leases of readers that are about to store an older value.
func (r *redis) delete(keys ...string) error {
	for len(keys) > 0 {
		n := len(keys)
		if n > 500 {
			n = 500
		}
		words := []string{"DEL"}
		for _, key := range keys[:n] {
			words = append(words, key, "lease:"+key)
		}
		if _, err := r.command(words...); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

// All keys of a table: those that begin with its bare name.
func (r *redis) deleteTable(table string) error {
	for _, pattern := range []string{"lease:" + table + ":*", table + ":*"} {
		for cursor := "0"; ; {
			found, err := r.command("SCAN", cursor, "MATCH", pattern, "COUNT", "1000")
			if err != nil {
				return err
			}
			page := found.([]any)
			words := []string{"DEL"}
			for _, key := range page[1].([]any) {
				words = append(words, key.(string))
			}
			if len(words) > 1 {
				if _, err := r.command(words...); err != nil {
					return err
				}
			}
			if cursor = page[0].(string); cursor == "0" {
				break
			}
		}
	}
	return nil
}

func (r *redis) flush() error {
	_, err := r.command("FLUSHDB")
	return err
}
