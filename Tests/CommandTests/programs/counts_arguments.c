// Its exit code is the number of its arguments, its name included.
int main(int count, char **arguments) {
  (void)arguments;
  return count;
}
