package redis

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
)

// TLSFiles names PEM files for Options.TLS:
//
//	cfg, err := redis.TLSFiles{CA: "ca.crt", Cert: "client.crt", Key: "client.key"}.Config()
//	client := redis.New(redis.Options{Addr: "db.example:6380", TLS: cfg})
//
// The zero value trusts the authorities of the system and shows no certificate.
type TLSFiles struct {
	CA   string // the authorities to trust; empty: those of the system
	Cert string // the client's certificate, with those between it and the authority
	Key  string // its private key; both or none

	// SkipVerify takes any certificate, whoever made it and whatever name it carries. It
	// protects from listeners, not from somebody in the middle.
	SkipVerify bool
}

// Config reads the files. The server's name, or its IP address, is checked against its
// certificate when a connection is made: it comes from Options.Addr unless ServerName is set.
// The error is an *ArgumentError that names the field.
func (f TLSFiles) Config() (*tls.Config, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: f.SkipVerify}
	if f.CA != "" {
		pem, err := os.ReadFile(f.CA)
		if err != nil {
			return nil, tlsError("CA", err)
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(pem) {
			return nil, tlsError("CA", fmt.Errorf("%s holds no certificate in PEM", f.CA))
		}
	}
	switch {
	case f.Cert == "" && f.Key == "":
		return cfg, nil
	case f.Key == "":
		return nil, tlsError("Key", fmt.Errorf("a certificate needs its private key"))
	case f.Cert == "":
		return nil, tlsError("Cert", fmt.Errorf("a private key needs its certificate"))
	}
	pair, err := tls.LoadX509KeyPair(f.Cert, f.Key)
	if err != nil {
		return nil, tlsError("Cert", err)
	}
	cfg.Certificates = []tls.Certificate{pair}
	return cfg, nil
}

func tlsError(field string, err error) error {
	return &ArgumentError{Argument: "TLSFiles." + field, Reason: err.Error()}
}
