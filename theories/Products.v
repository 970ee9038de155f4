(** Sums and products over the layers 0, ..., n-1 (the paper counts from 1), with and without some of them.

    [Prod n (but j f)] is the product of the [f k], k <> j: the paper's circled product over k <> j, in one coordinate. *)
From Coq Require Import Reals Arith Lia Lra Psatz.
From Coquelicot Require Import Coquelicot.
Open Scope R_scope.

Fixpoint Prod (n : nat) (f : nat -> R) : R := match n with O => 1 | S m => Prod m f * f m end.
Fixpoint Sum (n : nat) (f : nat -> R) : R := match n with O => 0 | S m => Sum m f + f m end.

(** The factors of a product, and the terms of a sum, that leave [j] out. *)
Definition but (j : nat) (f : nat -> R) (k : nat) : R := if Nat.eqb k j then 1 else f k.
Definition drop (j : nat) (f : nat -> R) (k : nat) : R := if Nat.eqb k j then 0 else f k.

(** [f] with the value [x] at [j]: the point that a partial derivative by the j-th variable moves. *)
Definition put (j : nat) (x : R) (f : nat -> R) (k : nat) : R := if Nat.eqb k j then x else f k.

Lemma but_same j f : but j f j = 1.
Proof. unfold but. now rewrite Nat.eqb_refl. Qed.
Lemma but_other j f k : k <> j -> but j f k = f k.
Proof. unfold but. intro ne. now apply Nat.eqb_neq in ne as ->. Qed.
Lemma drop_same j f : drop j f j = 0.
Proof. unfold drop. now rewrite Nat.eqb_refl. Qed.
Lemma drop_other j f k : k <> j -> drop j f k = f k.
Proof. unfold drop. intro ne. now apply Nat.eqb_neq in ne as ->. Qed.
Lemma put_same j x f : put j x f j = x.
Proof. unfold put. now rewrite Nat.eqb_refl. Qed.
Lemma put_other j x f k : k <> j -> put j x f k = f k.
Proof. unfold put. intro ne. now apply Nat.eqb_neq in ne as ->. Qed.

(** ** Equal factors, equal terms *)

Lemma Prod_ext n f h : (forall k, (k < n)%nat -> f k = h k) -> Prod n f = Prod n h.
Proof. induction n; intro e; simpl; [easy|]. rewrite IHn, e by auto with arith. reflexivity. Qed.
Lemma Sum_ext n f h : (forall k, (k < n)%nat -> f k = h k) -> Sum n f = Sum n h.
Proof. induction n; intro e; simpl; [easy|]. rewrite IHn, e by auto with arith. reflexivity. Qed.
Lemma Prod_but_ext n j f h :
  (forall k, (k < n)%nat -> k <> j -> f k = h k) -> Prod n (but j f) = Prod n (but j h).
Proof. intro e. apply Prod_ext. intros k hk. unfold but. destruct (Nat.eqb_spec k j); auto. Qed.
Lemma Sum_drop_ext n j f h :
  (forall k, (k < n)%nat -> k <> j -> f k = h k) -> Sum n (drop j f) = Sum n (drop j h).
Proof. intro e. apply Sum_ext. intros k hk. unfold drop. destruct (Nat.eqb_spec k j); auto. Qed.

(** ** One factor, one term apart *)

Lemma Prod_but_outside n j f : (n <= j)%nat -> Prod n (but j f) = Prod n f.
Proof. intro h. apply Prod_ext. intros k hk. apply but_other. lia. Qed.

(** theta = u^j * (product of the others) *)
Lemma Prod_apart n j f : (j < n)%nat -> Prod n f = f j * Prod n (but j f).
Proof.
  induction n; intro h; [lia|]. simpl. destruct (Nat.eq_dec j n) as [->|ne].
  - rewrite but_same, Prod_but_outside by lia. ring.
  - rewrite IHn, (but_other j f n) by lia. ring.
Qed.
Lemma Sum_apart n j f : (j < n)%nat -> Sum n f = f j + Sum n (drop j f).
Proof.
  induction n; intro h; [lia|]. simpl. destruct (Nat.eq_dec j n) as [->|ne].
  - rewrite drop_same. enough (Sum n (drop n f) = Sum n f) as -> by ring.
    apply Sum_ext. intros k hk. apply drop_other. lia.
  - rewrite IHn, (drop_other j f n) by lia. ring.
Qed.

Lemma Prod_zero n j f : (j < n)%nat -> f j = 0 -> Prod n f = 0.
Proof. intros hj z. rewrite (Prod_apart n j), z by easy. ring. Qed.
Lemma Prod_but_zero n j a f : (a < n)%nat -> a <> j -> f a = 0 -> Prod n (but j f) = 0.
Proof. intros ha ne z. apply (Prod_zero n a); [easy|]. now rewrite but_other. Qed.
Lemma Prod_nonzero n f : (forall k, (k < n)%nat -> f k <> 0) -> Prod n f <> 0.
Proof. induction n; intro h; simpl; [lra|]. apply Rmult_integral_contrapositive_currified; auto with arith. Qed.
Lemma Prod_but_nonzero n j f : (forall k, (k < n)%nat -> k <> j -> f k <> 0) -> Prod n (but j f) <> 0.
Proof. intro h. apply Prod_nonzero. intros k hk. unfold but. destruct (Nat.eqb_spec k j); [lra|auto]. Qed.

Lemma but_put j x f k : but j (put j x f) k = but j f k.
Proof. unfold but, put. destruct (Nat.eqb k j); easy. Qed.
Lemma Prod_put n j x f : (j < n)%nat -> Prod n (put j x f) = x * Prod n (but j f).
Proof.
  intro hj. rewrite (Prod_apart n j), put_same by easy. f_equal. apply Prod_ext. intros. apply but_put.
Qed.

(** ** Arithmetic *)

Lemma Prod_mult n f h : Prod n (fun k => f k * h k) = Prod n f * Prod n h.
Proof. induction n; simpl; [ring|]. rewrite IHn. ring. Qed.
Lemma Prod_but_mult n j f h : Prod n (but j (fun k => f k * h k)) = Prod n (but j f) * Prod n (but j h).
Proof. rewrite <- Prod_mult. apply Prod_ext. intros k _. unfold but. destruct (Nat.eqb k j); ring. Qed.
Lemma Prod_one n f : (forall k, (k < n)%nat -> f k = 1) -> Prod n f = 1.
Proof. induction n; intro h; simpl; [easy|]. rewrite IHn, h by auto with arith. ring. Qed.
Lemma Sum_plus n f h : Sum n (fun k => f k + h k) = Sum n f + Sum n h.
Proof. induction n; simpl; [ring|]. rewrite IHn. ring. Qed.
Lemma Sum_scal n c f : Sum n (fun k => c * f k) = c * Sum n f.
Proof. induction n; simpl; [ring|]. rewrite IHn. ring. Qed.
Lemma Sum_minus n f h : Sum n (fun k => f k - h k) = Sum n f - Sum n h.
Proof. induction n; simpl; [ring|]. rewrite IHn. ring. Qed.
Lemma Sum_const n c : Sum n (fun _ => c) = INR n * c.
Proof. induction n; [simpl; ring|]. rewrite S_INR. simpl Sum. rewrite IHn. ring. Qed.
Lemma Sum_zero n f : (forall k, (k < n)%nat -> f k = 0) -> Sum n f = 0.
Proof. induction n; intro h; simpl; [easy|]. rewrite IHn, h by auto with arith. ring. Qed.
(** A sum of which one term counts. *)
Lemma Sum_single n j f : (j < n)%nat -> (forall k, (k < n)%nat -> k <> j -> f k = 0) -> Sum n f = f j.
Proof.
  intros hj h. rewrite (Sum_apart n j) by easy. rewrite (Sum_zero n); [ring|].
  intros k hk. unfold drop. destruct (Nat.eqb_spec k j); auto.
Qed.
Lemma Sum_exchange n m (f : nat -> nat -> R) :
  Sum n (fun i => Sum m (fun j => f i j)) = Sum m (fun j => Sum n (fun i => f i j)).
Proof.
  induction n; simpl; [symmetry; now apply Sum_zero|]. now rewrite IHn, <- Sum_plus.
Qed.

(** ** Order *)

Lemma Sum_le n f h : (forall k, (k < n)%nat -> f k <= h k) -> Sum n f <= Sum n h.
Proof.
  induction n; intro e; simpl; [lra|]. assert (a := e n (Nat.lt_succ_diag_r n)).
  assert (b : Sum n f <= Sum n h) by auto with arith. lra.
Qed.
Lemma Sum_nonneg n f : (forall k, (k < n)%nat -> 0 <= f k) -> 0 <= Sum n f.
Proof. intro h. rewrite <- (Sum_zero n (fun _ => 0)) by easy. now apply Sum_le. Qed.
Lemma Sum_term_le n j f : (j < n)%nat -> (forall k, (k < n)%nat -> 0 <= f k) -> f j <= Sum n f.
Proof.
  intros hj h. rewrite (Sum_apart n j) by easy. enough (0 <= Sum n (drop j f)) by lra.
  apply Sum_nonneg. intros k hk. unfold drop. destruct (Nat.eqb k j); [lra|auto].
Qed.
Lemma Sum_lt n j f h :
  (j < n)%nat -> f j < h j -> (forall k, (k < n)%nat -> f k <= h k) -> Sum n f < Sum n h.
Proof.
  intros hj lt le. assert (e := Sum_term_le n j (fun k => h k - f k) hj). rewrite Sum_minus in e.
  simpl in e. enough (h j - f j <= Sum n h - Sum n f) by lra. apply e. intros k hk. specialize (le k hk). lra.
Qed.
Lemma Rabs_Sum n f : Rabs (Sum n f) <= Sum n (fun k => Rabs (f k)).
Proof. induction n; simpl; [rewrite Rabs_R0; lra|]. eapply Rle_trans; [apply Rabs_triang|lra]. Qed.

Lemma Prod_nonneg n f : (forall k, (k < n)%nat -> 0 <= f k) -> 0 <= Prod n f.
Proof. induction n; intro h; simpl; [lra|]. apply Rmult_le_pos; auto with arith. Qed.
Lemma Prod_pos n f : (forall k, (k < n)%nat -> 0 < f k) -> 0 < Prod n f.
Proof. induction n; intro h; simpl; [lra|]. apply Rmult_lt_0_compat; auto with arith. Qed.
Lemma Prod_but_nonneg n j f : (forall k, (k < n)%nat -> k <> j -> 0 <= f k) -> 0 <= Prod n (but j f).
Proof. intro h. apply Prod_nonneg. intros k hk. unfold but. destruct (Nat.eqb_spec k j); [lra|auto]. Qed.
Lemma Prod_but_pos n j f : (forall k, (k < n)%nat -> k <> j -> 0 < f k) -> 0 < Prod n (but j f).
Proof. intro h. apply Prod_pos. intros k hk. unfold but. destruct (Nat.eqb_spec k j); [lra|auto]. Qed.
Lemma Prod_le n f h : (forall k, (k < n)%nat -> 0 <= f k <= h k) -> Prod n f <= Prod n h.
Proof.
  induction n; intro e; simpl; [lra|].
  apply Rmult_le_compat; [apply Prod_nonneg; intros; apply e|apply e|apply IHn|apply e]; auto with arith.
Qed.
Lemma Prod_but_le n j f h :
  (forall k, (k < n)%nat -> k <> j -> 0 <= f k <= h k) -> Prod n (but j f) <= Prod n (but j h).
Proof. intro e. apply Prod_le. intros k hk. unfold but. destruct (Nat.eqb_spec k j); [lra|auto]. Qed.

(** The term of the metric that leaves [j] out is not negative. *)
Lemma squares_nonneg n j (f : nat -> R) : 0 <= Prod n (but j (fun k => f k ^ 2)).
Proof. apply Prod_but_nonneg. intros. apply pow2_ge_0. Qed.

(** The same as the square of a product. *)
Lemma Prod_but_square n j (f : nat -> R) : Prod n (but j (fun k => f k ^ 2)) = Prod n (but j f) ^ 2.
Proof.
  rewrite (Prod_but_ext n j (fun k => f k ^ 2) (fun k => f k * f k)) by (intros; ring). rewrite Prod_but_mult. ring.
Qed.

(** ** Derivatives *)

Lemma is_derive_Sum n (u : nat -> R -> R) (v : nat -> R) t :
  (forall k, (k < n)%nat -> is_derive (u k) t (v k)) -> is_derive (fun s => Sum n (fun k => u k s)) t (Sum n v).
Proof.
  induction n; intro h; simpl; [apply (is_derive_const 0)|].
  apply (is_derive_plus (fun s => Sum n (fun k => u k s)) (u n)); auto with arith.
Qed.

(** The product rule: (prod_k u_k)' = sum_j u_j' * prod_{k<>j} u_k. *)
Lemma is_derive_Prod n (u : nat -> R -> R) (v : nat -> R) t :
  (forall k, (k < n)%nat -> is_derive (u k) t (v k)) ->
  is_derive (fun s => Prod n (fun k => u k s)) t (Sum n (fun j => v j * Prod n (but j (fun k => u k t)))).
Proof.
  induction n; intro h; simpl; [apply (is_derive_const 1)|].
  assert (last := h n (Nat.lt_succ_diag_r n)).
  assert (rest := IHn (fun k hk => h k (Nat.lt_lt_succ_r _ _ hk))).
  refine (eq_ind _ (is_derive _ t)
    (is_derive_mult (fun s => Prod n (fun k => u k s)) (u n) t _ _ rest last (fun a b => Rmult_comm a b)) _ _).
  unfold plus, mult; simpl. f_equal.
  - rewrite Rmult_comm, <- Sum_scal. apply Sum_ext. intros j hj. rewrite (but_other j _ n) by lia. ring.
  - rewrite but_same, Prod_but_outside by lia. ring.
Qed.

(** (34) in one block: the partial derivative of the product by its j-th factor. *)
Lemma is_derive_factor n j f : (j < n)%nat -> is_derive (fun x => Prod n (put j x f)) (f j) (Prod n (but j f)).
Proof.
  intro hj. apply (is_derive_ext (fun x => x * Prod n (but j f))); [|auto_derive; [easy|ring]].
  intro x. symmetry. now apply Prod_put.
Qed.
(** sign(prod f_k) = prod sign(f_k). *)
Lemma sign_Prod n f : sign (Prod n f) = Prod n (fun k => sign (f k)).
Proof. induction n; simpl; [apply sign_eq_1; lra|]. now rewrite sign_mult, IHn. Qed.
Lemma sign_Prod_but n j f : sign (Prod n (but j f)) = Prod n (but j (fun k => sign (f k))).
Proof.
  rewrite sign_Prod. apply Prod_ext. intros k _. unfold but. destruct (Nat.eqb k j); [apply sign_eq_1; lra|easy].
Qed.
(** A common factor of all factors but one. *)
Lemma Prod_but_scal n j c f : (j < n)%nat -> Prod n (but j (fun k => c * f k)) = c ^ (n - 1) * Prod n (but j f).
Proof.
  assert (all : forall m, (m <= j)%nat -> Prod m (but j (fun k => c * f k)) = c ^ m * Prod m (but j f)).
  { induction m; intro h; simpl; [ring|]. rewrite IHm by lia. rewrite !but_other by lia. ring. }
  induction n; intro h; [lia|]. simpl. rewrite Nat.sub_0_r. destruct (Nat.eq_dec j n) as [->|ne].
  - rewrite all, !but_same by lia. ring.
  - rewrite IHn, !(but_other j _ n) by lia. destruct n; [lia|]. simpl. rewrite Nat.sub_0_r. ring.
Qed.

(** The logarithm of a product. *)
Lemma ln_Prod n f : (forall k, (k < n)%nat -> 0 < f k) -> ln (Prod n f) = Sum n (fun k => ln (f k)).
Proof.
  induction n; intro h; simpl; [apply ln_1|]. rewrite ln_mult, IHn; auto with arith. apply Prod_pos. auto with arith.
Qed.
(** The product rule, divided by the product: (prod u_k)' = prod u_k * sum u_k' / u_k. *)
Lemma is_derive_Prod_but n l (u : nat -> R -> R) (v : nat -> R) t :
  (forall k, (k < n)%nat -> k <> l -> is_derive (u k) t (v k) /\ u k t <> 0) ->
  is_derive (fun s => Prod n (but l (fun k => u k s))) t
    (Prod n (but l (fun k => u k t)) * Sum n (drop l (fun k => v k / u k t))).
Proof.
  intro h. refine (eq_ind _ (is_derive _ t) (is_derive_Prod n (fun k s => but l (fun k => u k s) k) (drop l v) t _) _ _).
  - intros k hk. unfold but, drop. destruct (Nat.eqb_spec k l) as [|ne]; [apply (is_derive_const 1)|now apply h].
  - rewrite <- Sum_scal. apply Sum_ext. intros j hj. unfold drop. destruct (Nat.eqb_spec j l) as [|ne]; [ring|].
    destruct (h j hj ne) as [_ nz]. rewrite (Prod_apart n j (but l (fun k => u k t))), but_other by easy.
    change (Prod n (but j (fun k => but l (fun k => u k t) k))) with (Prod n (but j (but l (fun k => u k t)))). field. exact nz.
Qed.
Lemma continuity_Prod n (f : nat -> R -> R) t : (forall k, (k < n)%nat -> continuity_pt (f k) t) ->
  continuity_pt (fun s => Prod n (fun k => f k s)) t.
Proof.
  induction n; intro c; simpl; [now apply continuity_pt_const|].
  apply (continuity_pt_mult (fun s => Prod n (fun k => f k s)) (f n)); auto with arith.
Qed.
