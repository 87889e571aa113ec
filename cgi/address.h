/*
 * Where `codecourier serve` answers: checked before anything starts, and asked whether it does.
 */
#ifndef CODECOURIER_ADDRESS_H
#define CODECOURIER_ADDRESS_H

typedef struct address {
    const char *bind; /* as given: an IPv4 or IPv6 address */
    long        port; /* 0: any that is free */
    char       *url;  /* malloc'ed by address_check: "http://127.0.0.1:8080", for a browser on this machine */
} address;

/*
 * Can a server listen there?  Chooses the port where it is 0 and makes the url.  Nothing is kept open: lighttpd binds
 * the address a moment later, and says so itself in the rare case that somebody was faster.  EXIT_FINE, or an exit code
 * after the reason was said.
 */
int address_check(address *a);

/* GET that path as any client would: the status of the answer, or 0 when there is none within two seconds. */
int address_ask(const address *a, const char *path);

#endif
