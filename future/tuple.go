package future

import "context"

// Pair is the result of Join2: the values of two futures of different types.
type Pair[A, B any] struct {
	First  A
	Second B
}

// Triple is the result of Join3: the values of three futures of different types.
type Triple[A, B, C any] struct {
	First  A
	Second B
	Third  C
}

// Quad is the result of Join4: the values of four futures of different types.
type Quad[A, B, C, D any] struct {
	First  A
	Second B
	Third  C
	Fourth D
}

// Quint is the result of Join5: the values of five futures of different types.
type Quint[A, B, C, D, E any] struct {
	First  A
	Second B
	Third  C
	Fourth D
	Fifth  E
}

// Sextet is the result of Join6: the values of six futures of different types.
type Sextet[A, B, C, D, E, F any] struct {
	First  A
	Second B
	Third  C
	Fourth D
	Fifth  E
	Sixth  F
}

// Await2 waits for two futures of different types and returns their values. It returns as soon as one of them has
// failed or was cancelled, with that error and no values; if several have, with the error of the first in the order
// of the arguments. ctx and futures on hold are treated as by Await. Like Await it holds no interest: the other
// future goes on. A nil future panics.
func Await2[A, B any](ctx context.Context, a *Future[A], b *Future[B]) (va A, vb B, err error) {
	if err := awaitSeveral(ctx, "Await2", a.base(), b.base()); err != nil {
		return va, vb, err
	}
	return a.value, b.value, nil
}

// Await3 is Await2 for three futures.
func Await3[A, B, C any](ctx context.Context, a *Future[A], b *Future[B], c *Future[C]) (va A, vb B, vc C, err error) {
	if err := awaitSeveral(ctx, "Await3", a.base(), b.base(), c.base()); err != nil {
		return va, vb, vc, err
	}
	return a.value, b.value, c.value, nil
}

// Await4 is Await2 for four futures.
func Await4[A, B, C, D any](ctx context.Context, a *Future[A], b *Future[B], c *Future[C], d *Future[D]) (va A, vb B, vc C, vd D, err error) {
	if err := awaitSeveral(ctx, "Await4", a.base(), b.base(), c.base(), d.base()); err != nil {
		return va, vb, vc, vd, err
	}
	return a.value, b.value, c.value, d.value, nil
}

// Await5 is Await2 for five futures.
func Await5[A, B, C, D, E any](ctx context.Context, a *Future[A], b *Future[B], c *Future[C], d *Future[D], e *Future[E]) (va A, vb B, vc C, vd D, ve E, err error) {
	if err := awaitSeveral(ctx, "Await5", a.base(), b.base(), c.base(), d.base(), e.base()); err != nil {
		return va, vb, vc, vd, ve, err
	}
	return a.value, b.value, c.value, d.value, e.value, nil
}

// Await6 is Await2 for six futures.
func Await6[A, B, C, D, E, F any](ctx context.Context, a *Future[A], b *Future[B], c *Future[C], d *Future[D], e *Future[E], f *Future[F]) (va A, vb B, vc C, vd D, ve E, vf F, err error) {
	if err := awaitSeveral(ctx, "Await6", a.base(), b.base(), c.base(), d.base(), e.base(), f.base()); err != nil {
		return va, vb, vc, vd, ve, vf, err
	}
	return a.value, b.value, c.value, d.value, e.value, f.value, nil
}

// Join2 is All for two futures of different types: it returns the future of both values, which fails as soon as one
// source does and then takes its interest in the other back. A nil future panics.
func Join2[A, B any](a *Future[A], b *Future[B]) *Future[Pair[A, B]] {
	return combine("Join2", needAll, []*core{a.base(), b.base()}, func(int) Pair[A, B] {
		return Pair[A, B]{a.value, b.value}
	})
}

// Join3 is Join2 for three futures.
func Join3[A, B, C any](a *Future[A], b *Future[B], c *Future[C]) *Future[Triple[A, B, C]] {
	return combine("Join3", needAll, []*core{a.base(), b.base(), c.base()}, func(int) Triple[A, B, C] {
		return Triple[A, B, C]{a.value, b.value, c.value}
	})
}

// Join4 is Join2 for four futures.
func Join4[A, B, C, D any](a *Future[A], b *Future[B], c *Future[C], d *Future[D]) *Future[Quad[A, B, C, D]] {
	return combine("Join4", needAll, []*core{a.base(), b.base(), c.base(), d.base()}, func(int) Quad[A, B, C, D] {
		return Quad[A, B, C, D]{a.value, b.value, c.value, d.value}
	})
}

// Join5 is Join2 for five futures.
func Join5[A, B, C, D, E any](a *Future[A], b *Future[B], c *Future[C], d *Future[D], e *Future[E]) *Future[Quint[A, B, C, D, E]] {
	return combine("Join5", needAll, []*core{a.base(), b.base(), c.base(), d.base(), e.base()}, func(int) Quint[A, B, C, D, E] {
		return Quint[A, B, C, D, E]{a.value, b.value, c.value, d.value, e.value}
	})
}

// Join6 is Join2 for six futures.
func Join6[A, B, C, D, E, F any](a *Future[A], b *Future[B], c *Future[C], d *Future[D], e *Future[E], f *Future[F]) *Future[Sextet[A, B, C, D, E, F]] {
	return combine("Join6", needAll, []*core{a.base(), b.base(), c.base(), d.base(), e.base(), f.base()}, func(int) Sextet[A, B, C, D, E, F] {
		return Sextet[A, B, C, D, E, F]{a.value, b.value, c.value, d.value, e.value, f.value}
	})
}
