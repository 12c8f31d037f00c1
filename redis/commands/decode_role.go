package commands

import "github.com/futureio/futureio-go/redis/proto"

// Role is the reply of ROLE. Which fields are set depends on Name.
type Role struct {
	Name   string // "master", "slave" or "sentinel", as the server says it
	Offset int64  // of a master or a replica: how far its replication got; -1 before it began

	Replicas []RoleReplica // of a master: those that are connected

	MasterHost string // of a replica
	MasterPort int64
	State      string // of a replica's link to its master: "connect", "connecting", "handshake", "sync", "connected"

	Masters []string // of a sentinel: the names of those it watches
}

// RoleReplica is a replica as its master sees it.
type RoleReplica struct {
	Host   string
	Port   int64
	Offset int64 // acknowledged by the replica
}

type asRole struct{}

func (asRole) read(r *proto.Reader) (role Role, err error) {
	more, err := tuple(r, 1, "want a role and what belongs to it")
	if err != nil {
		return role, err
	}
	if role.Name, err = r.String(); err != nil {
		return role, err
	}
	known := 0
	switch role.Name {
	case "master":
		known = 2
	case "slave":
		known = 4
	case "sentinel":
		known = 1
	default:
		return role, misfit("a role that is not known")
	}
	if more < known {
		return role, misfit("a role without all that belongs to it")
	}
	switch known {
	case 2:
		if role.Offset, err = r.Int(); err == nil {
			role.Replicas, err = records(r, readRoleReplica)
		}
	case 4:
		err = role.readReplica(r)
	case 1:
		role.Masters, err = asStrings{}.read(r)
	}
	if err != nil {
		return role, err
	}
	return role, skipMore(r, more-known)
}

func (role *Role) readReplica(r *proto.Reader) (err error) {
	if role.MasterHost, err = textOrNull(r); err != nil {
		return err
	}
	if role.MasterPort, err = r.Int(); err != nil {
		return err
	}
	if role.State, err = r.String(); err != nil {
		return err
	}
	role.Offset, err = r.Int()
	return err
}

// readRoleReplica reads a host, a port and an offset, which are all strings.
func readRoleReplica(r *proto.Reader) (replica RoleReplica, err error) {
	more, err := tuple(r, 3, "want a host, a port and an offset")
	if err != nil {
		return replica, err
	}
	if replica.Host, err = r.String(); err != nil {
		return replica, err
	}
	for _, n := range []*int64{&replica.Port, &replica.Offset} {
		text, err := r.String()
		if err != nil {
			return replica, err
		}
		if *n, err = number(text); err != nil {
			return replica, err
		}
	}
	return replica, skipMore(r, more)
}
