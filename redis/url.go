package redis

import (
	"maps"
	"math"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ParseURL fills an Options from a URL:
//
//	redis://[[user]:password@]host[:port][/database][?option=value&…]
//	rediss://…                                            the same over TLS
//	unix://[[user]:password@]/path/to/socket[?db=5&…]
//
// redis+unix:// is the same as unix://. Everything is percent-decoded, so a
// password may hold %40, %3A or %2F. Options in the query: db, protocol,
// client_name, connect_timeout, read_timeout, write_timeout, ping_interval
// (durations as in 1.5s; a bare number is in seconds); of rediss:// also tls_ca, tls_cert and
// tls_key, which are PEM files, and tls_skip_verify=true, as in TLSFiles. Fields that are set
// afterwards count more than the URL.
//
// What cannot be used gives an *ArgumentError that does not show the password.
func ParseURL(rawURL string) (Options, error) {
	var o Options
	u, err := url.Parse(rawURL)
	if err != nil {
		// The error of url.Parse quotes the URL, password included.
		return o, urlError("not a URL that can be parsed")
	}
	if u.Opaque != "" {
		return o, urlError("has no // behind the scheme: redis://host:port")
	}
	switch u.Scheme {
	case "redis", "rediss":
		err = o.fillTCP(u)
	case "unix", "redis+unix":
		err = o.fillUnix(u)
	case "":
		err = urlError("has no scheme: want redis://, rediss://, unix:// or redis+unix://")
	default:
		err = urlError("scheme " + strconv.Quote(u.Scheme) + " is not one of redis, rediss, unix, redis+unix")
	}
	if err != nil {
		return Options{}, err
	}
	if u.User != nil {
		o.Username = u.User.Username()
		o.Password, _ = u.User.Password()
	}
	if u.Fragment != "" {
		return Options{}, urlError("has a fragment; a # in a password is written %23")
	}
	var files TLSFiles
	if err := o.fillQuery(u, &files); err != nil {
		return Options{}, err
	}
	if u.Scheme == "rediss" {
		if o.TLS, err = files.Config(); err != nil {
			return Options{}, err
		}
	}
	if _, err := o.withDefaults(); err != nil {
		return Options{}, err
	}
	return o, nil
}

func urlError(reason string) error {
	return &ArgumentError{Argument: "URL", Reason: reason}
}

func (o *Options) fillTCP(u *url.URL) error {
	host, port := u.Hostname(), u.Port()
	if host == "" {
		host = "localhost"
	}
	if port == "" {
		port = defaultPort
	}
	o.Addr = net.JoinHostPort(host, port)
	if db := strings.Trim(u.Path, "/"); db != "" {
		n, err := strconv.Atoi(db)
		if err != nil || n < 0 {
			return urlError("the path must be the number of a database, such as /5")
		}
		o.Database = n
	}
	return nil
}

func (o *Options) fillUnix(u *url.URL) error {
	if u.Host != "" {
		return urlError("a unix socket needs an absolute path: unix:///path/to/socket")
	}
	if u.Path == "" || u.Path == "/" {
		return urlError("names no socket: unix:///path/to/socket")
	}
	o.Addr = u.Path
	return nil
}

func (o *Options) fillQuery(u *url.URL, files *TLSFiles) error {
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return urlError("the part after ? cannot be parsed")
	}
	for _, key := range slices.Sorted(maps.Keys(q)) {
		value := q.Get(key)
		var err error
		if strings.HasPrefix(key, "tls_") && u.Scheme != "rediss" {
			return urlError("options that begin with tls_ go with rediss:// only")
		}
		switch key {
		case "db":
			o.Database, err = strconv.Atoi(value)
		case "protocol":
			o.Protocol, err = strconv.Atoi(value)
		case "client_name":
			o.ClientName = value
		case "connect_timeout":
			o.ConnectTimeout, err = parseSpan(value)
		case "read_timeout":
			o.ReadTimeout, err = parseSpan(value)
		case "write_timeout":
			o.WriteTimeout, err = parseSpan(value)
		case "ping_interval":
			o.PingInterval, err = parseSpan(value)
		case "tls_ca":
			files.CA = value
		case "tls_cert":
			files.Cert = value
		case "tls_key":
			files.Key = value
		case "tls_skip_verify":
			files.SkipVerify, err = strconv.ParseBool(value)
		default:
			if strings.Trim(key, "abcdefghijklmnopqrstuvwxyz_") != "" {
				key = "…" // a part of a password, perhaps, with a ? in it
			}
			return urlError("unknown option " + key)
		}
		if err != nil {
			return urlError("option " + key + " has a value that cannot be used")
		}
	}
	return nil
}

// parseSpan reads a duration such as 1.5s; a bare number counts seconds.
func parseSpan(s string) (time.Duration, error) {
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		if !(math.Abs(n) < math.MaxInt64/float64(time.Second)) {
			return 0, strconv.ErrRange
		}
		return time.Duration(n * float64(time.Second)), nil
	}
	return time.ParseDuration(s)
}
