#!/bin/bash
exec mariadb-admin ping
