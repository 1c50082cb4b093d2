package awssim_test

import "errors"

func errorAs[T error](err error, into *T) bool { return errors.As(err, into) }
