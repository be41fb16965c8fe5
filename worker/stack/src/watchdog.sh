# shellcheck shell=sh
# Ends what its owner started when the owner is gone, however it went. See watchdog.rs.
#
# Reads lines from the owner: "started PID SIGNAL", "ended PID", "folder PATH", "removed PATH".
# The end of the input is the end of the owner.
trap '' HUP INT QUIT TERM
newline='
'
running=
folders=$newline

without() { # the words of $1 but those that begin with $2
    kept=
    for word in $1; do
        case $word in "$2":*) ;; *) kept="$kept $word" ;; esac
    done
    printf '%s' "$kept"
}

while read -r verb what; do
    case $verb in
    started) running="$running ${what% *}:${what#* }" ;;
    ended) running=$(without "$running" "$what") ;;
    folder) folders="$folders$what$newline" ;;
    removed)
        before=${folders%%"$newline$what$newline"*}
        [ "$before" = "$folders" ] || folders="$before$newline${folders#*"$newline$what$newline"}"
        ;;
    esac
done

for process in $running; do
    kill -s CONT -- "-${process%:*}" 2>/dev/null
    kill -s "${process#*:}" -- "-${process%:*}" 2>/dev/null
done

# A process group has five seconds to go by itself.
patience=50
for process in $running; do
    while [ "$patience" -gt 0 ] && kill -s 0 -- "-${process%:*}" 2>/dev/null; do
        sleep 0.1
        patience=$((patience - 1))
    done
    kill -s KILL -- "-${process%:*}" 2>/dev/null
done

printf '%s' "$folders" | while read -r folder; do
    [ -z "$folder" ] || rm -rf -- "$folder"
done
