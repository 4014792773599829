# Counts what each file holds: lines, words, bytes. The largest of them is a variable to find the run by.
run() {
  table="$STEMMA_ARTIFACTS/census.tsv"
  printf 'file\tlines\twords\tbytes\n' > "$table"
  for file in "$STEMMA_FILES"/*; do
    name=$(basename "$file")
    set -- $(wc -l -w -c < "$file")
    printf '%s\t%s\t%s\t%s\n' "$name" "$1" "$2" "$3" >> "$table"
    echo "$name: $2 words"
  done
  largest=$(tail -n +2 "$table" | sort -t "$(printf '\t')" -k 3 -n -r | head -n 1 | cut -f 1)
  words=$(awk -F '\t' 'NR > 1 { sum += $3 } END { print sum + 0 }' "$table")
  printf '{"largest": "%s", "words": %s}' "$largest" "$words" > "$STEMMA_VARIABLES"
  printf '{"words": %s, "largest": "%s"}' "$words" "$largest" > "$STEMMA_RESULT"
}
