// Command route prints the shard of each key on standard input, by the
// exported map in the file that it is given.
package main

import (
	"bufio"
	"fmt"
	"log"
	"os"

	shards "pg_mosaic/examples/go"
)

func main() {
	exported, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	m, err := shards.Parse(exported)
	if err != nil {
		log.Fatal(err)
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		shard, err := m.ShardFor(lines.Text())
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(shard)
	}
	if err := lines.Err(); err != nil {
		log.Fatal(err)
	}
}
