// Package shards routes keys by a shard map exported from pg_mosaic, without
// asking the server, which must be little-endian and, for text, use UTF-8.
package shards

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/binary"
	"math/big"
	"math/bits"
)

const seed uint64 = 0x7A5B22367996DCFD // of HASH partitions

func mix(a, b, c uint32) (uint32, uint32, uint32) {
	for _, k := range [...]int{4, 6, 8, 16, 19, 4} {
		a = (a - c) ^ bits.RotateLeft32(c, k)
		c += b
		a, b, c = b, c, a
	}
	return a, b, c
}

func start(size int) (uint32, uint32, uint32) {
	a := uint32(0x9e3779b9) + uint32(size) + 3923095
	return mix(a+uint32(seed>>32), a+uint32(seed&0xffffffff), a)
}

func finish(a, b, c uint32) uint64 {
	for _, k := range [...]int{14, 11, 25, 16, 4, 14, 24} {
		c = (c ^ b) - bits.RotateLeft32(b, k)
		a, b, c = b, c, a
	}
	return uint64(a)<<32 | uint64(b) // after seven turns b is called a, and c b
}

// HashInt is the server's hash of a smallint, integer or bigint key.
func HashInt(value int64) uint64 {
	low, high := uint32(value), uint32(uint64(value)>>32)
	if value < 0 {
		high = ^high
	}
	a, b, c := start(4)
	return finish(a+(low^high), b, c)
}

// HashBytes is the server's hash of a text, bytea or uuid key.
func HashBytes(data []byte) uint64 {
	a, b, c := start(len(data))
	for ; len(data) >= 12; data = data[12:] {
		a, b, c = mix(a+binary.LittleEndian.Uint32(data), b+binary.LittleEndian.Uint32(data[4:]), c+binary.LittleEndian.Uint32(data[8:]))
	}
	var tail [12]byte
	copy(tail[:], data)
	return finish(a+binary.LittleEndian.Uint32(tail[:]), b+binary.LittleEndian.Uint32(tail[4:]), c+binary.LittleEndian.Uint32(tail[8:])<<8)
}

// NativeRemainder is the remainder of the HASH partition of modulus n.
func NativeRemainder(hash uint64, n int) int {
	return int((hash + 0x49a0f4dd15e5a8e3) % uint64(n))
}

// FloorModulo has the sign of n, as the server's and Python's modulo.
func FloorModulo(key int64, n int) int {
	return int((key%int64(n) + int64(n)) % int64(n))
}

// Jump is the consistent hash of Lamping and Veach.
func Jump(key uint64, n int) int {
	bucket, next := int64(-1), int64(0)
	for next < int64(n) {
		bucket = next
		key = key*2862933555777941757 + 1
		next = int64(float64(bucket+1) * (float64(int64(1)<<31) / float64((key>>33)+1)))
	}
	return int(bucket)
}

// MD5Modulo is the whole digest, as a number, modulo n.
func MD5Modulo(text []byte, n int) int {
	sum := md5.Sum(text)
	return int(new(big.Int).Mod(new(big.Int).SetBytes(sum[:]), big.NewInt(int64(n))).Int64())
}

// SHA256Modulo is the first four bytes of the digest, big-endian, modulo n.
func SHA256Modulo(data []byte, n int) int {
	sum := sha256.Sum256(data)
	return int(binary.BigEndian.Uint32(sum[:]) % uint32(n))
}

// CRC16Slot is the slot of Redis Cluster.
func CRC16Slot(key []byte) int {
	if open := bytes.IndexByte(key, '{'); open >= 0 {
		if length := bytes.IndexByte(key[open+1:], '}'); length > 0 {
			key = key[open+1 : open+1+length]
		}
	}
	var crc uint16
	for _, b := range key {
		crc ^= uint16(b) << 8
		for i := 0; i < 8; i++ {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return int(crc) % 16384
}

func mix64(h uint64) uint64 {
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}
