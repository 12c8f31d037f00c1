package redisotel

import (
	"net"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.37.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/futureio/futureio-go/redis"
)

const scope = "github.com/futureio/futureio-go/contrib/redisotel"

// Options say what is told, and to whom. The zero value is good.
type Options struct {
	// TracerProvider and MeterProvider are told. Default: the global ones.
	TracerProvider trace.TracerProvider
	MeterProvider  metric.MeterProvider

	// Roots makes spans for commands without a parent as well. Default false: a span without its request says little, and
	// there may be millions.
	Roots bool

	// QueryText puts the words and arguments of commands into spans, each cut after 128 bytes, 32 at most, and the text of errors, which may quote
	// arguments and replies, into their status. They may be personal data; passwords among the arguments are masked. Default false.
	QueryText bool

	// Attributes are put on every span and measurement.
	Attributes []attribute.KeyValue
}

func (o *Options) tracer() trace.Tracer {
	provider := o.TracerProvider
	if provider == nil {
		provider = otel.GetTracerProvider()
	}
	return provider.Tracer(scope, trace.WithSchemaURL(semconv.SchemaURL))
}

func (o *Options) meter() metric.Meter {
	provider := o.MeterProvider
	if provider == nil {
		provider = otel.GetMeterProvider()
	}
	return provider.Meter(scope, metric.WithSchemaURL(semconv.SchemaURL))
}

// common are the attributes of everything that a client with these options does.
func (o *Options) common(of *redis.Options) []attribute.KeyValue {
	list := []attribute.KeyValue{semconv.DBSystemNameRedis, semconv.DBNamespace(strconv.Itoa(of.Database))}
	host, port := server(of.Addr)
	list = append(list, semconv.ServerAddress(host))
	if port > 0 {
		list = append(list, semconv.ServerPort(port))
	}
	return append(list, o.Attributes...)
}

// server divides an address as Options.Addr has it. port is 0 for a unix socket.
func server(addr string) (host string, port int) {
	if addr == "" {
		addr = redis.DefaultAddr
	}
	if strings.ContainsRune(addr, '/') {
		return addr, 0
	}
	host, digits, err := net.SplitHostPort(addr)
	if err != nil { // no port
		return strings.Trim(addr, "[]"), 6379
	}
	port, _ = strconv.Atoi(digits) // the client refuses what is none
	return host, port
}

// target is what a span's name says behind the command.
func target(addr string) string {
	host, port := server(addr)
	if port == 0 {
		return host
	}
	return net.JoinHostPort(host, strconv.Itoa(port))
}
