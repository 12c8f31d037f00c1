package redistest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Authority signs certificates for one test. What it signs is valid from 1999 to 2100, so inside a synctest bubble (where it is
// 2000) as well.
type Authority struct {
	CAFile string         // PEM, for servers and for clients that take files
	Pool   *x509.CertPool // for tls.Config.RootCAs and ClientCAs

	t      testing.TB
	dir    string
	cert   *x509.Certificate
	key    *ecdsa.PrivateKey
	serial int64
}

// Pair is a certificate with its key, in memory and as PEM files.
type Pair struct {
	CertFile, KeyFile string
	TLS               tls.Certificate
}

var (
	alwaysFrom = time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)
	alwaysTo   = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
)

// NewAuthority makes a certificate authority. Two of them do not trust each other.
func NewAuthority(t testing.TB) *Authority {
	t.Helper()
	a := &Authority{t: t, dir: t.TempDir(), Pool: x509.NewCertPool()}
	template := a.template("futureio test authority", alwaysTo)
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign
	a.key = a.newKey()
	der, err := x509.CreateCertificate(rand.Reader, template, template, &a.key.PublicKey, a.key)
	if err == nil {
		a.cert, err = x509.ParseCertificate(der)
	}
	if err != nil {
		t.Fatal(err)
	}
	a.Pool.AddCert(a.cert)
	a.CAFile = a.write("ca.crt", "CERTIFICATE", der)
	return a
}

// Server makes a server's certificate for host names and IP addresses. A wrong name is one the server is not called by.
func (a *Authority) Server(names ...string) Pair {
	a.t.Helper()
	return a.issue(x509.ExtKeyUsageServerAuth, alwaysTo, names)
}

// Expired makes a server's certificate whose time is over.
func (a *Authority) Expired(names ...string) Pair {
	a.t.Helper()
	return a.issue(x509.ExtKeyUsageServerAuth, alwaysFrom.AddDate(0, 6, 0), names)
}

// Client makes a client's certificate for a common name.
func (a *Authority) Client(name string) Pair {
	a.t.Helper()
	return a.issue(x509.ExtKeyUsageClientAuth, alwaysTo, []string{name})
}

func (a *Authority) issue(usage x509.ExtKeyUsage, until time.Time, names []string) Pair {
	a.t.Helper()
	template := a.template(names[0], until)
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{usage}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	key := a.newKey()
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	pair := Pair{
		CertFile: a.write(fmt.Sprintf("%d.crt", a.serial), "CERTIFICATE", der),
		KeyFile:  a.write(fmt.Sprintf("%d.key", a.serial), "PRIVATE KEY", keyDER),
	}
	if pair.TLS, err = tls.LoadX509KeyPair(pair.CertFile, pair.KeyFile); err != nil {
		a.t.Fatal(err)
	}
	return pair
}

func (a *Authority) template(name string, until time.Time) *x509.Certificate {
	a.serial++
	return &x509.Certificate{
		SerialNumber: big.NewInt(a.serial),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    alwaysFrom,
		NotAfter:     until,
	}
}

func (a *Authority) newKey() *ecdsa.PrivateKey {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	return key
}

func (a *Authority) write(name, kind string, der []byte) string {
	a.t.Helper()
	path := filepath.Join(a.dir, name)
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		a.t.Fatal(err)
	}
	return path
}
