"""Large files that arrive in pieces: slides, recordings, archives of images. The tus 1.0 protocol.

    POST   /api/v1/uploads        name, size, SHA-256 and purpose → an address of its own
    HEAD   /api/v1/uploads/ID     how much has arrived
    PATCH  /api/v1/uploads/ID     the next piece, at exactly that place
    DELETE /api/v1/uploads/ID     throw it away

What has arrived is what lies on the disk: no row has to agree with it, so that a kill at any moment
costs at most the piece on its way. When the last byte is there the whole file must have the SHA-256
that was declared. Only who began an upload reaches it. A wing declares what it takes with `register`
and gets a finished file with `take`. The rooms: `models`, `purposes`, `files` (on the disk), `actions`
(create, append, settle, take, discard, sweep), `protocol` (headers) and `views`.
"""
