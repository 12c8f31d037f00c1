package commands

import (
	"strconv"
	"strings"

	"github.com/futureio/futureio-go/redis/proto"
)

// MemoryStats is the reply of MEMORY STATS. Figures are bytes where nothing else is
// said; what a server does not tell is zero.
type MemoryStats struct {
	PeakAllocated      int64
	TotalAllocated     int64
	StartupAllocated   int64
	ReplicationBacklog int64
	ClientsReplicas    int64
	ClientsNormal      int64
	ClusterLinks       int64
	AOFBuffer          int64
	LuaCaches          int64
	FunctionCaches     int64
	OverheadTotal      int64
	Keys               int64 // their number
	BytesPerKey        int64
	Dataset            int64
	DatasetPercentage  float64 // of the memory used, without that at startup
	PeakPercentage     float64 // of the memory used, of the peak

	AllocatorAllocated          int64
	AllocatorActive             int64
	AllocatorResident           int64
	AllocatorMuzzy              int64
	AllocatorFragmentationRatio float64
	AllocatorFragmentation      int64
	AllocatorRSSRatio           float64
	AllocatorRSS                int64
	RSSOverheadRatio            float64
	RSSOverhead                 int64
	FragmentationRatio          float64
	Fragmentation               int64

	Databases map[int64]DatabaseMemory // those that have keys
	Fields    map[string]proto.Value   // all other figures, under the server's names; doubles are strings over RESP2
}

// DatabaseMemory is what the tables of a database take, in bytes.
type DatabaseMemory struct {
	Keys    int64
	Expires int64
}

type asMemoryStats struct{}

func (asMemoryStats) read(r *proto.Reader) (MemoryStats, error) {
	m := MemoryStats{Databases: map[int64]DatabaseMemory{}, Fields: map[string]proto.Value{}}
	err := fieldsOf(r, func(name string) (err error) {
		if n := m.bytes(name); n != nil {
			*n, err = r.Int()
			return err
		}
		if f := m.ratio(name); f != nil {
			*f, err = r.Float()
			return err
		}
		if suffix, ok := strings.CutPrefix(name, "db."); ok {
			if db, err := strconv.ParseInt(suffix, 10, 64); err == nil {
				m.Databases[db], err = readDatabaseMemory(r)
				return err
			}
		}
		m.Fields[name], err = r.Value()
		return err
	})
	return m, err
}

// bytes is the field for a figure of that name, or nil.
func (m *MemoryStats) bytes(name string) *int64 {
	switch name {
	case "peak.allocated":
		return &m.PeakAllocated
	case "total.allocated":
		return &m.TotalAllocated
	case "startup.allocated":
		return &m.StartupAllocated
	case "replication.backlog":
		return &m.ReplicationBacklog
	case "clients.slaves":
		return &m.ClientsReplicas
	case "clients.normal":
		return &m.ClientsNormal
	case "cluster.links":
		return &m.ClusterLinks
	case "aof.buffer":
		return &m.AOFBuffer
	case "lua.caches":
		return &m.LuaCaches
	case "functions.caches":
		return &m.FunctionCaches
	case "overhead.total":
		return &m.OverheadTotal
	case "keys.count":
		return &m.Keys
	case "keys.bytes-per-key":
		return &m.BytesPerKey
	case "dataset.bytes":
		return &m.Dataset
	case "allocator.allocated":
		return &m.AllocatorAllocated
	case "allocator.active":
		return &m.AllocatorActive
	case "allocator.resident":
		return &m.AllocatorResident
	case "allocator.muzzy":
		return &m.AllocatorMuzzy
	case "allocator-fragmentation.bytes":
		return &m.AllocatorFragmentation
	case "allocator-rss.bytes":
		return &m.AllocatorRSS
	case "rss-overhead.bytes":
		return &m.RSSOverhead
	case "fragmentation.bytes":
		return &m.Fragmentation
	}
	return nil
}

// ratio is bytes for what is no whole number.
func (m *MemoryStats) ratio(name string) *float64 {
	switch name {
	case "dataset.percentage":
		return &m.DatasetPercentage
	case "peak.percentage":
		return &m.PeakPercentage
	case "allocator-fragmentation.ratio":
		return &m.AllocatorFragmentationRatio
	case "allocator-rss.ratio":
		return &m.AllocatorRSSRatio
	case "rss-overhead.ratio":
		return &m.RSSOverheadRatio
	case "fragmentation":
		return &m.FragmentationRatio
	}
	return nil
}

func readDatabaseMemory(r *proto.Reader) (d DatabaseMemory, err error) {
	err = fieldsOf(r, func(name string) (err error) {
		switch name {
		case "overhead.hashtable.main":
			d.Keys, err = r.Int()
		case "overhead.hashtable.expires":
			d.Expires, err = r.Int()
		}
		return err
	})
	return d, err
}
