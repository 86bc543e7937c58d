"""`make demo-cut`: two machines and a relay that is killed; what each wrote meanwhile becomes one record.

Law: real processes, real disks, real sockets; nothing is said to be so that was not looked at on both machines.
"""
