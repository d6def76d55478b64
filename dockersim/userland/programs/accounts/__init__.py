"""adduser, useradd, addgroup, groupadd and their opposites, passwd: they edit /etc/passwd, /etc/group, /etc/shadow."""
