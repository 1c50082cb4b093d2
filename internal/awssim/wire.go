package awssim

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"time"
)

// reply writes the answer in the protocol of the call (R82).
func (s *Server) reply(w http.ResponseWriter, c *call, out any, err *apiError) {
	w.Header().Set("X-Amzn-Requestid", c.requestID())
	switch c.protocol {
	case queryXML:
		replyXML(w, c, out, err)
	case targetJSON:
		replyJSON(w, c, "application/x-amz-json-1.1", out, err)
	case restJSON:
		replyJSON(w, c, "application/json", out, err)
	}
}

func (c *call) requestID() string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", c.request) }

func replyJSON(w http.ResponseWriter, c *call, contentType string, out any, err *apiError) {
	status := http.StatusOK
	if out == nil {
		out = struct{}{}
	}
	if err != nil {
		status = err.status
		w.Header().Set("X-Amzn-Errortype", err.code)
		key := "Message"
		if c.service == "ram" {
			key = "message"
		}
		out = map[string]string{"__type": err.code, key: err.message}
	}
	body, marshalErr := json.Marshal(out)
	if marshalErr != nil {
		status, body = http.StatusInternalServerError, []byte(`{"__type":"InternalFailure"}`)
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that has gone away needs no answer
}

type xmlError struct {
	XMLName xml.Name `xml:"ErrorResponse"`
	Type    string   `xml:"Error>Type"`
	Code    string   `xml:"Error>Code"`
	Message string   `xml:"Error>Message"`
	Request string   `xml:"RequestId"`
}

func replyXML(w http.ResponseWriter, c *call, out any, err *apiError) {
	status := http.StatusOK
	var body []byte
	var marshalErr error
	if err != nil {
		status = err.status
		body, marshalErr = xml.Marshal(xmlError{Type: "Sender", Code: c.queryCode(err.code), Message: err.message, Request: c.requestID()})
	} else {
		inner, innerErr := xml.Marshal(out)
		marshalErr = innerErr
		body = fmt.Appendf(nil, `<%[1]sResponse xmlns="%[2]s">%[3]s<ResponseMetadata><RequestId>%[4]s</RequestId></ResponseMetadata></%[1]sResponse>`,
			c.name, xmlNamespace(c.service), inner, c.requestID())
	}
	if marshalErr != nil {
		status, body = http.StatusInternalServerError, []byte("<ErrorResponse/>")
	}
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that has gone away needs no answer
}

func xmlNamespace(service string) string {
	if service == "iam" {
		return "https://iam.amazonaws.com/doc/2010-05-08/"
	}
	return "https://sts.amazonaws.com/doc/2011-06-15/"
}

// queryCode is what the query services call errors of the JSON services.
func (c *call) queryCode(code string) string {
	if c.unsigned() {
		return code // it declares its errors under their own names
	}
	switch code {
	case "UnrecognizedClientException":
		return "InvalidClientTokenId"
	case "ExpiredTokenException":
		return "ExpiredToken"
	case "MissingAuthenticationTokenException":
		return "MissingAuthenticationToken"
	}
	return code
}

// epoch is a timestamp as JSON services write it, in seconds [2.54].
type epoch time.Time

// MarshalJSON writes seconds with milliseconds.
func (e epoch) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "%.3f", float64(time.Time(e).UnixMilli())/1000), nil
}

func (e epoch) isZero() bool { return time.Time(e).IsZero() }

// when leaves times out that nobody knows.
func when(t time.Time) *epoch {
	if e := epoch(t); !e.isZero() {
		return &e
	}
	return nil
}
