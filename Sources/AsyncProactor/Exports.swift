// What the functions of this module take and give - addresses, outcomes of waits, errors, revisions - comes with it.
@_exported public import OverlappedIO
@_exported public import Proactor
